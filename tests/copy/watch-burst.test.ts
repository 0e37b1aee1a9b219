import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { generations } from "../../ffi/guest/generation.ts";
import type { WatchEvent } from "../../ffi/mod.ts";
import { Child } from "../support/child.ts";
import { commandOf } from "../support/runtimes.ts";
import { rounds, sampleOf } from "../support/sample.ts";
import { readVolume } from "../support/watch/kubelet-volume.ts";
import { version, watchTest } from "../support/watch/place.ts";

const SWAPS = rounds(1000, 200);
const MILLISECONDS = 5 * SWAPS;
const keys = ["a", "b/c", "d.txt", "d.md", "e"];

// Reads a volume without a pause until its input ends: how often, how many versions, and what of two versions at once.
const reader = `
import json, os, select, sys
link, reads, versions, mixed = sys.argv[1] + "/..data", 0, set(), []
def files(fd):
    for name in os.listdir(fd):
        try: child = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=fd)
        except OSError: continue
        try:
            if os.path.isdir("/proc/self/fd/%d" % child): yield from files(child)
            else: yield os.read(child, 100).decode().split(" ")[0]
        finally: os.close(child)
while not select.select([sys.stdin], [], [], 0)[0]:
    try: fd = os.open(link, os.O_RDONLY | os.O_DIRECTORY)
    except OSError: continue
    try: seen = list(files(fd))
    finally: os.close(fd)
    reads += 1
    versions.update(seen)
    if len(set(seen)) > 1 or len(seen) != ${keys.length}: mixed.append(seen)
print(json.dumps([reads, len(versions), mixed[:3]]))
`;

const following = generations.filter((name) => name !== "CC-0.2.0");

// On a busy machine a volume may change faster than it can be copied: it is tried again.
const isTooQuick = (event: WatchEvent) => event.kind === "failed" && event.error.code === "EBUSY";

for (const generation of sampleOf(following, 3, 1)) {
  watchTest(
    `200 changes a second end in the last one, and nobody reads two at once: agent ${generation}`,
    async (watched) => {
      watched.volume.write(version(0, ...keys));
      const program = [...commandOf("kubelet"), watched.volume.path, `${SWAPS}`, `${MILLISECONDS}`, ...keys];
      const kubelet = new Child(program as [string, ...string[]]);
      assert.equal(await kubelet.line(), `"ready"`);
      await watched.share({ generation }, async () => {
        const reading = new Child(["python3", "-c", reader, watched.arrived]);
        kubelet.send("go");
        assert.equal(await kubelet.line(), `"done"`);
        await watched.equal();
        assert.deepEqual(readVolume(watched.arrived), version(SWAPS, ...keys));
        await sleep(50);
        reading.send("enough");
        const [reads, versions, mixed] = JSON.parse(await reading.line());
        assert.deepEqual(mixed, []);
        assert.ok(reads > 2 && versions >= 1, `${reads} reads of ${versions} versions`);
        await reading.end();
      });
      assert.deepEqual(
        watched.events.filter((event) => event.kind !== "updated" && !isTooQuick(event)),
        [],
      );
      await kubelet.end();
    },
  );
}
