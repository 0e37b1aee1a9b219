import assert from "node:assert/strict";
import { lchownSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { rounds } from "../support/sample.ts";
import type { Writing } from "../support/watch/kubelet-volume.ts";
import { version } from "../support/watch/place.ts";
import { volumeTest } from "../support/watch/volume-place.ts";

// Kubelet goes on by some steps at one of our calls to the kernel, and takes the rest when we are done.

const old = version(1, "a", "b/c", "old.txt");
const next = version(2, "a", "b/c", "b/d", "new.txt", "new.md");
/** So that another call is the first one for each number of steps. */
const STRIDE = rounds(7, 83);

for (const [order, generation, window] of [
  ["links-first", "3.3", 64],
  ["data-first", "4.0", 1],
] as const satisfies [Writing["order"], string, number][]) {
  volumeTest(
    `at whichever step kubelet is interrupted, nothing is lost or mixed: ${order}, agent ${generation}`,
    async (make) => {
      let interrupted = 0;
      let behind = 0;
      for (let steps = 1, most = 1; steps <= most; steps += 1) {
        for (let at = 1 + (steps % STRIDE), calls = at; calls >= at; at += STRIDE) {
          const place = make({ generation, window });
          const { kubelet, volume } = place;
          kubelet.write(old, { order });
          await volume.update();
          const writing = kubelet.steps(next, { order });
          calls = 0;
          let done = 0;
          const go = () => {
            if (writing.next().done !== true) done += 1;
          };
          place.onCall = () => {
            calls += 1;
            if (calls === at) for (let i = 0; i < steps; i += 1) go();
          };
          await volume.update();
          place.onCall = () => {};
          interrupted += 1;
          for (const _ of writing) done += 1;
          if (!place.isEqual) behind += 1;
          most = done;
          const where = `${steps} steps at call ${at}`;
          assert.ok(place.isEqual || volume.mayDiffer(volume.snapshot()), `no reason to look: ${where}`);
          const { stale, result } = await volume.update();
          place.assertEqual(where);
          assert.deepEqual(stale, ["old.txt"], where);
          assert.deepEqual([result.skipped, result.warnings], [[], []], where);
        }
      }
      assert.ok(interrupted > rounds(150, 12), `${interrupted} interruptions, ${behind} of them behind`);
    },
  );
}

volumeTest("files that get their group while they are sent have it in the guest", async (make) => {
  const place = make({ window: 1 });
  const { kubelet, volume } = place;
  kubelet.write(version(1, "a", "b"));
  let sent = 0;
  place.onAnswer = ({ path }) => {
    if (!path.includes("/..2026") || ++sent !== 3) return; // the directory, one file, and now the other one
    const data = join(kubelet.path, String(kubelet.data));
    for (const name of readdirSync(data)) lchownSync(join(data, name), -1, 4321);
  };
  await volume.update();
  assert.deepEqual(
    ["a", "b"].map((name) => place.inGuest(name).gid),
    [4321, 4321],
  );
});
