import assert from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { VolumeWatch } from "../../ffi/watch/volume-watch.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { KubeletVolume } from "../support/watch/kubelet-volume.ts";
import { version } from "../support/watch/place.ts";
import { refusal, type VolumePlace, volumeTest } from "../support/watch/volume-place.ts";

// When a watch looks: at a change, when it is done with the one before, and from time to time.

const NEVER_MS = 3_600_000;

async function watching(
  { volume }: VolumePlace,
  lookEveryMs: number,
  use: (news: string[]) => Promise<void>,
): Promise<void> {
  const news: string[] = [];
  const watch = new VolumeWatch(volume, ({ kind }) => news.push(kind), lookEveryMs);
  await use(news).finally(() => watch.stop());
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 6000 && !isSo(); tries += 1) await sleep(10);
  assert.ok(isSo(), `${isSo}`);
}

volumeTest("a change is found by what the kernel tells of it alone", async (make) => {
  const place = make();
  place.kubelet.write(version(1, "a"));
  await place.volume.update();
  await watching(place, NEVER_MS, async () => {
    await sleep(100);
    place.kubelet.write(version(2, "a"));
    await until(() => place.isEqual);
  });
});

volumeTest("a change while another one is sent is looked at right after it", async (make) => {
  const place = make();
  place.kubelet.write(version(1, "a"));
  await place.volume.update();
  await watching(place, NEVER_MS, async (news) => {
    place.onAnswer = ({ path }) => {
      if (!path.endsWith("/..data")) return;
      place.onAnswer = () => {};
      place.kubelet.write(version(3, "a", "b"));
    };
    await sleep(100);
    place.kubelet.write(version(2, "a"));
    await until(() => news.length === 2);
    place.assertEqual("the second change");
  });
});

volumeTest("what the kernel tells is of the directory that is there now", async (make) => {
  const place = make();
  place.kubelet.write(version(1, "a"));
  await place.volume.update();
  // Deno loses the new watch of a path whose directory has just gone: there, looking from time to time has to do.
  await watching(place, ownRuntime === "node" ? NEVER_MS : 3000, async (news) => {
    rmSync(place.kubelet.path, { recursive: true });
    const again = new KubeletVolume(place.kubelet.path);
    again.write(version(2, "a"));
    await until(() => news.includes("updated"));
    await sleep(200);
    again.write(version(3, "a"));
    await until(() => place.isEqual);
  });
});

volumeTest("what fails is tried again after longer and longer", async (make) => {
  const place = make();
  place.kubelet.write(version(1, "a"));
  await place.volume.update();
  let tries = 0;
  place.onAnswer = (request) => {
    if (!request.path.endsWith("/..data")) return;
    tries += 1;
    throw refusal(request, "ENOSPC: No space left on device");
  };
  place.kubelet.write(version(2, "a"));
  await watching(place, 10, async (news) => {
    await sleep(2000); // 10 ms, 20, 40, ... 640, and as many looks between
    assert.ok(tries >= 3 && tries <= 12, `${tries} tries`);
    assert.deepEqual(news, ["failed"]);
  });
});

volumeTest("a key that comes while others are sent is there when that is done", async (make) => {
  const place = make();
  place.kubelet.write(version(1, "a"));
  place.onAnswer = ({ path }) => {
    if (!path.endsWith("/a")) return;
    place.onAnswer = () => {};
    symlinkSync("..data/late", join(place.kubelet.path, "late"));
  };
  await place.volume.update();
  place.assertSameNames();
});
