import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listing } from "../support/copy/listing.ts";
import { KubeletVolume, readVolume } from "../support/watch/kubelet-volume.ts";
import { atRequest, version, watchTest } from "../support/watch/place.ts";

for (const generation of ["3.3", "4.0"] as const) {
  watchTest(`a volume follows what changes, and only that is sent: agent ${generation}`, async (watched) => {
    const { volume } = watched;
    volume.write(version(1, "kept", "changed", "gone", "deep/er/file"));
    await watched.share({ generation }, async () => {
      assert.deepEqual(listing(watched.arrived), listing(volume.path));
      watched.requests = [];
      volume.write(version(2, "kept", "changed", "new", "deep/er/file", "deep/other"));
      const { result, stale, containerId, source } = await watched.event("updated");
      await watched.equal();
      assert.deepEqual([containerId, source], ["c1", volume.path]);
      assert.deepEqual(stale, ["gone"]);
      assert.deepEqual([result.skipped, result.warnings], [[], []]);
      const data = volume.data as string;
      const sent = watched.requests.map((path) => path.replace(data, "DATA"));
      assert.deepEqual(sent.slice(-2), ["..data", ""]);
      assert.deepEqual(
        new Set(sent.slice(0, -2)),
        new Set([
          ...["DATA", "DATA/changed", "DATA/deep", "DATA/deep/er", "DATA/deep/er/file", "DATA/deep/other"],
          ...["DATA/kept", "DATA/new", "new"],
        ]),
      );
      assert.deepEqual(listing(join(watched.arrived, data)), listing(join(volume.path, data)));
    });
  });
}

watchTest("an agent that replaces no link ends the watch, and the link is named", async (watched) => {
  watched.volume.write(version(1, "a", "b"));
  await watched.share({ generation: "CC-0.2.0" }, async () => {
    watched.volume.write(version(2, "a", "b"));
    const event = await watched.event("ended");
    assert.ok(event.reason === "link-not-replaced");
    assert.match(event.link, /\/c1-0011223344556677-settings\/\.\.data$/);
    assert.deepEqual(readVolume(watched.arrived), version(1, "a", "b"));
    watched.requests = [];
    watched.volume.write(version(3, "a", "b"));
    await sleep(1200);
    assert.deepEqual(watched.requests, []);
  });
});

watchTest("whatever is being sent, a volume that changes then arrives in its last state", async (watched) => {
  watched.volume.write(version(1, "a", "b/c", "d"));
  let all = 0;
  await watched.share({}, async () => {
    all = watched.requests.length; // of the first copy
  });
  let versions = 2;
  const next = () => watched.volume.write(version(versions++, "a", "b/c", `d${versions}`));
  for (let k = 0; k < all; k += 1) {
    // In the first copy,
    await watched.share({ onRequest: atRequest(k, next) }, () => watched.equal());
    // and in an update.
    await watched.share({ onRequest: atRequest(all + k, next) }, async () => {
      next();
      await watched.equal();
    });
    rmSync(watched.place.guestDirectory, { recursive: true });
    mkdirSync(watched.place.guestDirectory);
  }
  assert.deepEqual(
    watched.events.filter(({ kind }) => kind !== "updated"),
    [],
  );
});

watchTest("a volume that is taken away and made anew is found again", async (watched) => {
  watched.volume.write(version(1, "a"));
  await watched.share({}, async () => {
    rmSync(watched.volume.path, { recursive: true });
    const failed = await watched.event("failed");
    assert.equal(failed.error.code, "ENOENT");
    const again = new KubeletVolume(watched.volume.path);
    again.write(version(2, "a", "b"));
    await watched.event("updated"); // comes a moment after the guest can read it
    await watched.equal();
    const count = watched.events.length;
    again.write(version(3, "b"));
    assert.deepEqual((await watched.event("updated", count)).stale, ["a"]);
    await watched.equal();
  });
});

watchTest("a change is found even if the kernel dropped all news of it", async (watched) => {
  watched.volume.write(version(1, "a"));
  // Two names in turn, for the same news twice is told once; 16,384 fit into the queue, unless it was made longer.
  const names = ["..2020_1", "..2020_2"].map((name) => join(watched.volume.path, name));
  for (const name of names) writeFileSync(name, "");
  await watched.share({}, async () => {
    for (let i = 0; i < 40_000; i += 1) utimesSync(names[i % 2] as string, i, i);
    watched.volume.write(version(2, "a"));
    await watched.equal();
  });
});

watchTest("a volume is found through a link, as kubelet's directory may be one", async (watched) => {
  const pods = join(watched.place.source, "pods");
  renameSync(pods, join(watched.place.path, "elsewhere"));
  symlinkSync(join(watched.place.path, "elsewhere"), pods);
  watched.volume.write(version(1, "a"));
  await watched.share({}, async () => {
    watched.volume.write(version(2, "a"));
    await watched.equal();
  });
});

watchTest("a volume that nobody wants any more is not watched", async (watched) => {
  watched.volume.write(version(1, "a"));
  const [container, stranger] = [{ id: "c1" }, { id: "c2" }];
  for (const [end, isEnd] of [
    [(share) => share.unshareContainer(container), true],
    [(share) => share.unshareContainer(stranger), false],
    [(share) => share.unshareFile(container, watched.mount), true],
    [(share) => share.unshareFile(container, { ...watched.mount, source: "/etc" }), false],
    [(share) => share.cleanup(), true],
    [(share) => share[Symbol.asyncDispose](), true],
    [
      async (share) =>
        (await share.shareFile(container, watched.mount, { random: "0011223344556677" }))?.unshare(),
      true,
    ],
  ] as const satisfies [(share: import("../../ffi/mod.ts").FilesystemShare) => Promise<void>, boolean][]) {
    await watched.share({}, async (share) => {
      await end(share);
      watched.requests = [];
      watched.volume.write(version(2, "a"));
      await sleep(1200);
      assert.equal(watched.requests.length === 0, isEnd, end.toString());
    });
  }
  await watched.share(
    {},
    async () => {
      watched.requests = [];
      watched.volume.write(version(3, "a"));
      await sleep(1200);
      assert.deepEqual(watched.requests, []);
    },
    { watch: false },
  );
});

watchTest("nothing is sent for a volume at rest", async (watched) => {
  watched.volume.write(version(1, "a", "b/c"));
  await watched.share({}, async () => {
    watched.requests = [];
    execFileSync("touch", [watched.volume.path]);
    await sleep(2500);
    assert.deepEqual([watched.requests, watched.events], [[], []]);
  });
});
