import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Libc } from "../../ffi/mod.ts";
import { Child } from "../support/child.ts";
import { counting } from "../support/faults/wrapped-libc.ts";
import { mountsBelow } from "../support/mounts.ts";
import { commandOf, libc } from "../support/runtimes.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// The shares of a large container are unmounted in a pool of threads, before the steps that remove them.

const COUNT = 200;
// ffi-rs has no pool.
const ownPool = libc.unmountInPool;

const containerOf = (scratch: Scratch, id: string, count = COUNT) => ({
  ...{ id, rootFs: { target: scratch.directory("root") } },
  mounts: Array.from({ length: count }, (_, i) => ({
    ...{ source: scratch.file(`f${i}`), destination: `/f${i}`, readOnly: true },
  })),
});

// The real calls, with a log of the direct ones, and a pool of the test's own.
function withPool(pool: Libc["unmountInPool"]): Libc & { readonly log: readonly string[] } {
  return { ...counting(libc), unmountInPool: pool as NonNullable<Libc["unmountInPool"]> };
}

function isClear(scratch: Scratch): void {
  assert.equal(mountsBelow(scratch.inSandbox("mounts")).length, 1);
  assert.deepEqual(readdirSync(scratch.inSandbox("mounts")), [".users"]);
  assert.deepEqual(readdirSync(scratch.inSandbox("mounts", ".users")), []);
}

mountTest(
  "a large container is unmounted in a pool where there is one, and a small one is not",
  async (scratch) => {
    let pooled = 0;
    const counted = withPool(
      ownPool &&
        ((path, flags) => {
          pooled += 1;
          return ownPool(path, flags);
        }),
    );
    const share = scratch.share({}, { libc: counted });
    await share.prepare();
    for (const [count, inPool] of [
      [COUNT, ownPool ? COUNT : 0],
      [20, 0],
    ] as const) {
      await share.shareContainer(containerOf(scratch, "c1", count));
      const before = counted.log.length;
      pooled = 0;
      await share.unshareContainer({ id: "c1" });
      const direct = counted.log.slice(before).filter((name) => name === "umount2");
      assert.deepEqual([pooled, direct.length], [inPool, count + 1 - inPool]);
      isClear(scratch);
    }
  },
);

for (const [what, pool] of [
  ["does nothing", async () => false],
  ["fails", () => Promise.reject(new Error("no thread"))],
] as const) {
  mountTest(`where a pool ${what}, each step unmounts its share`, async (scratch) => {
    const share = scratch.share({}, { libc: withPool(pool) });
    await share.prepare();
    await share.shareContainer(containerOf(scratch, "c1"));
    await share.unshareContainer({ id: "c1" });
    isClear(scratch);
  });
}

mountTest(
  "a share that another container uses stays, while the others of a large container are unmounted",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    await share.shareContainer(containerOf(scratch, "c1"));
    await share.shareContainer(containerOf(scratch, "c2", 50));
    await share.unshareContainer({ id: "c1" });
    assert.equal(mountsBelow(scratch.inSandbox("mounts")).length, 1 + 1 + 50);
    await share.unshareContainer({ id: "c2" });
    isClear(scratch);
  },
);

for (const ms of [2, 5, 10, 20]) {
  mountTest(
    `whoever is killed ${ms} ms after a large container began to be taken back leaves nothing that another cannot`,
    async (scratch) => {
      const share = scratch.share();
      await share.prepare();
      await share.shareContainer(containerOf(scratch, "c1"));
      const killed = new Child(commandOf("obey"));
      await killed.line();
      killed.send(
        JSON.stringify({ sandbox: scratch.sandbox(), calls: [["unshareContainer", { id: "c1" }]] }),
      );
      await sleep(ms);
      await killed.kill();
      await share.unshareContainer({ id: "c1" });
      isClear(scratch);
    },
  );
}
