import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { Child } from "../support/child.ts";
import { planError, stepError } from "../support/errors.ts";
import { counting } from "../support/faults/wrapped-libc.ts";
import { libc } from "../support/runtimes.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { shapeOf, stateOf } from "../support/state.ts";

const container = { id: "c1" };

/** Another program that holds a sandbox's lock. */
async function holder(scratch: Scratch): Promise<Child> {
  const child = new Child(["flock", scratch.inSandbox(), "sh", "-c", "echo held; cat"]);
  assert.equal(await child.line(), "held");
  return child;
}

mountTest("a lock that stays held is an error in time, and nothing is changed", async (scratch) => {
  const share = scratch.share({}, { lockTimeoutMs: 60 });
  await share.prepare();
  const child = await holder(scratch);
  const before = stateOf(scratch.hostDir);
  const mount = { source: scratch.file("f"), destination: "/f" };
  const adding = [() => share.prepare(), () => share.shareFile(container, mount)];
  for (const call of adding) {
    const start = performance.now();
    const error = await stepError(call());
    assert.ok(performance.now() - start >= 55);
    assert.deepEqual([error.call, error.code, error.errno], ["flock", "EAGAIN", 11]);
    assert.match(error.message, /another process holds the sandbox's lock/);
  }
  const error = await planError(share.cleanup());
  assert.deepEqual([error.failures.length, error.failures[0]?.code], [1, "EAGAIN"]);
  assert.deepEqual(stateOf(scratch.hostDir), before);
  await child.end();
  await share.cleanup();
});

mountTest("a directory that was made to be locked is gone when the lock cannot be had", async (scratch) => {
  const share = scratch.share({}, { lockTimeoutMs: 40 });
  mkdirSync(scratch.inSandbox());
  const inode = statSync(scratch.inSandbox()).ino;
  const child = await holder(scratch);
  await stepError(share.prepare());
  assert.equal(statSync(scratch.inSandbox()).ino, inode); // that of the other process
  await child.end();
});

mountTest("who waits for the lock goes on as soon as it is free", async (scratch) => {
  const counted = counting(libc);
  const share = scratch.share({}, { libc: counted });
  await share.prepare();
  const child = await holder(scratch);
  const tries = () => counted.log.filter((name) => name === "flock").length;
  const before = tries();
  let isDone = false;
  const cleaned = share.cleanup().then(() => {
    isDone = true;
  });
  while (tries() < before + 5) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(isDone, false);
  await child.end();
  const whenFree = tries();
  await cleaned;
  assert.ok(tries() <= whenFree + 2, `${tries() - whenFree} more tries were needed`);
});

mountTest("a process that was killed while it held the lock is in nobody's way", async (scratch) => {
  const calls = [
    ["prepare"],
    ["shareFile", container, { source: scratch.file("f"), destination: "/f" }],
  ] as const;
  // Sampled: stopped before the first call of each kind that prepare and share make under the lock.
  for (const stallBefore of [
    "open_tree_attr",
    "fsmount",
    "mount_setattr",
    "move_mount",
    "mknodat",
  ] as const) {
    const worker = await Worker.start();
    await worker.stall({ sandbox: scratch.sandbox(), calls, stallBefore });
    const waits = scratch.share({}, { lockTimeoutMs: 50 }).prepare();
    await assert.rejects(waits, { name: "StepError", code: "EAGAIN" });
    const prepared = scratch.share().prepare();
    await worker.kill();
    await prepared;
    await scratch.share().cleanup();
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
  }
});

mountTest("the lock is not held between calls", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const child = await holder(scratch);
  await child.end();
  await share.cleanup();
});

mountTest(
  "what another process left while we waited is cleaned, or prepared, as it is then",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const child = await holder(scratch);
    const worker = await Worker.start();
    const sandbox = scratch.sandbox();
    const others = worker.obey({ sandbox, calls: [["cleanup"], ["prepare"], ["cleanup"]] });
    const own = Promise.all([share.prepare(), share.cleanup()]);
    await child.end();
    assert.deepEqual(await others, [{ end: "ok" }, { end: "ok" }, { end: "ok" }]);
    await own;
    await worker.end();
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
  },
);
