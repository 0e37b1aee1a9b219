import assert from "node:assert/strict";
import type { Mount } from "../../ffi/mod.ts";
import { mountsBelow } from "../support/mounts.ts";
import type { Call } from "../support/programs/obey.ts";
import { ownRuntime, runtimes } from "../support/runtimes.ts";
import { assertUsed, containerWith, usersOf } from "../support/sandbox/together.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

const ROUNDS = 40;
const IDS = 3; // containers of each process

function mounts(scratch: Scratch): Mount[] {
  const sources = [scratch.file("f"), scratch.directory("d"), scratch.file("g")];
  return sources.map((source, i) => ({
    source,
    destination: `/${i}`,
    options: i === 1 ? ["rbind"] : ["ro"],
  }));
}

// By chance that is the same each time (a linear congruential generator).
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

for (const other of runtimes) {
  mountTest(
    `a ${ownRuntime} and a ${other} process share the same sources: each mount has a user`,
    async (scratch) => {
      const share = scratch.share();
      await share.prepare();
      const sources = mounts(scratch);
      const sandbox = scratch.sandbox();
      const workers = [await Worker.start(), await Worker.start(other)];
      const shared = new Set<string>();
      const roll = chance(7);
      let joined = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const startAt = Date.now() + 3;
        const orders = workers.map((_, w): Call[] => {
          const ids = Array.from({ length: IDS }, (_, i) => `w${w}c${i}`).filter(() => roll(3) > 0);
          return ids.map((id): Call => {
            const isShared = shared.has(id);
            if (isShared) shared.delete(id);
            else shared.add(id);
            return isShared
              ? ["unshareContainer", { id }]
              : ["shareContainer", containerWith(scratch, id, sources)];
          });
        });
        const outcomes = await Promise.all(
          workers.map((worker, w) => worker.obey({ sandbox, calls: orders[w] ?? [], startAt })),
        );
        assert.deepEqual(
          outcomes.flat().filter(({ end }) => end !== "ok"),
          [],
        );
        assertUsed(scratch, `round ${round}`);
        const users = Object.values(usersOf(scratch));
        assert.deepEqual(
          users,
          shared.size > 0 ? Array(sources.length).fill([...shared].sort()) : [],
          `round ${round}`,
        );
        if ((users[0]?.length ?? 0) > 1) joined += 1;
      }
      assert.ok(joined > ROUNDS / 4, `only ${joined} rounds had shares of several`);
      const rest = [...shared].map((id): Call => ["unshareContainer", { id }]);
      const ends = await Promise.all(workers.map((worker) => worker.obey({ sandbox, calls: rest })));
      assert.deepEqual(
        ends.flat().filter(({ end }) => end !== "ok"),
        [],
      );
      assert.deepEqual(usersOf(scratch), {});
      assert.equal(mountsBelow(scratch.hostDir).length, 3);
      await Promise.all(workers.map((worker) => worker.end()));
      await share.cleanup();
    },
  );
}
