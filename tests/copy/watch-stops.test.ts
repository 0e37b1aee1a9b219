import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { FilesystemShare } from "../../ffi/mod.ts";
import { Child } from "../support/child.ts";
import { copyTest } from "../support/copy/place.ts";
import { commandOf, runtimes } from "../support/runtimes.ts";
import { version, watchTest } from "../support/watch/place.ts";

watchTest("of two shares to the same place at once, one is watched, and stops", async (watched) => {
  watched.volume.write(version(1, "a"));
  await watched.share({}, async (share) => {
    const again = () => share.shareFile({ id: "c1" }, watched.mount, { random: "0011223344556677" });
    await Promise.all([again(), again()]);
    watched.volume.write(version(2, "a"));
    await watched.event("updated");
    await sleep(200);
    assert.equal(watched.events.length, 1);
    await share.unshareContainer({ id: "c1" });
    watched.requests = [];
    watched.volume.write(version(3, "a"));
    await sleep(1200);
    assert.deepEqual(watched.requests, []);
  });
});

watchTest("what is unshared during its first copy is not watched", async (watched) => {
  watched.volume.write(version(1, "a"));
  let isFirst = true;
  let unsharing: Promise<void> | undefined;
  const onRequest = () => {
    if (!isFirst) unsharing ??= shareOf?.unshareContainer({ id: "c2" });
    return undefined;
  };
  let shareOf: FilesystemShare | undefined;
  await watched.share({ onRequest }, async (share) => {
    await share.unshareContainer({ id: "c1" });
    [isFirst, shareOf] = [false, share];
    await share.shareFile({ id: "c2" }, watched.mount, { random: "0011223344556677" });
    await unsharing;
    watched.requests = [];
    watched.volume.write(version(2, "a"));
    await sleep(1200);
    assert.deepEqual(watched.requests, []);
  });
});

watchTest("a file is unshared by its source, in whatever way the same path is written", async (watched) => {
  watched.volume.write(version(1, "a"));
  await watched.share({}, async (share) => {
    const source = `/.${watched.volume.path.replaceAll("/", "//")}/`;
    await share.unshareFile({ id: "c1" }, { ...watched.mount, source });
    watched.requests = [];
    watched.volume.write(version(2, "a"));
    await sleep(1200);
    assert.deepEqual(watched.requests, []);
  });
});

watchTest(
  "a handle ends the watch of its own copy, and not that of another one of the same source",
  async (watched) => {
    watched.volume.write(version(1, "a"));
    await watched.share({}, async (share) => {
      const again = () => share.shareFile({ id: "c1" }, watched.mount, { random: "8899aabbccddeeff" });
      const other = await again();
      await other?.unshare();
      watched.volume.write(version(2, "a"));
      const { guestPath } = await watched.event("updated");
      assert.notEqual(guestPath, other?.guestPath);
      await watched.equal();
      assert.equal(watched.events.length, 1);
    });
  },
);

watchTest("a file is unshared by its source relative to the bundle", async (watched) => {
  watched.volume.write(version(1, "a"));
  const container = { id: "c1", bundle: watched.place.path };
  const mount = { ...watched.mount, source: watched.volume.path.slice(watched.place.path.length + 1) };
  await watched.share({}, async (share) => {
    await share.unshareContainer(container);
    await share.shareFile(container, mount, { random: "8899aabbccddeeff" });
    await share.unshareFile(container, mount);
    watched.requests = [];
    watched.volume.write(version(2, "a"));
    await sleep(1200);
    assert.deepEqual(watched.requests, []);
  });
});

watchTest("a share to the place of another one ends that one's watch first", async (watched) => {
  watched.volume.write(version(1, "a"));
  let isHeld = false;
  const onRequest = async () => {
    if (isHeld) await sleep(500);
    return undefined;
  };
  await watched.share({ onRequest }, async (share) => {
    watched.requests = [];
    isHeld = true;
    const again = share.shareFile({ id: "c1" }, watched.mount, { random: "0011223344556677" });
    while (watched.requests.length === 0) await sleep(1);
    watched.volume.write(version(2, "a"));
    await sleep(300);
    assert.deepEqual(watched.requests, [""]);
    isHeld = false;
    await again;
    await watched.equal();
  });
});

watchTest("each watch gives back what it has of the kernel's", async (watched) => {
  watched.volume.write(version(1, "a"));
  const before = inotifyWatches();
  await watched.share({}, async (share) => {
    watched.volume.write(version(2, "a"));
    await watched.event("updated");
    assert.equal(inotifyWatches(), before + 1);
    await share.unshareContainer({ id: "c1" });
    await sleep(100);
    assert.equal(inotifyWatches(), before);
  });
});

for (const runtime of runtimes) {
  copyTest(`a watch does not keep a program alive: ${runtime}`, async (place) => {
    const program = new Child([...commandOf("watching", runtime), place.source]);
    assert.equal(await program.line(), `"updated"`);
    const hanging = setTimeout(() => program.kill(), 120_000);
    const { code, stderr } = await program.end();
    clearTimeout(hanging);
    assert.equal(code, 0, stderr);
  });
}

function inotifyWatches(): number {
  const files = readdirSync("/proc/self/fdinfo").map((fd) => {
    try {
      return readFileSync(`/proc/self/fdinfo/${fd}`, "utf8");
    } catch {
      return ""; // of the listing itself
    }
  });
  return files.join("\n").match(/^inotify /gm)?.length ?? 0;
}
