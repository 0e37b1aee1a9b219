import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { kill, pid } from "node:process";
import { MonitorError } from "../../node/mod.ts";
import { Child } from "../support/child.ts";
import { rejection } from "../support/errors.ts";
import { mountsBelow } from "../support/mounts.ts";
import { childOf } from "../support/node/child-of.ts";
import { monitorOf, verdictsOf } from "../support/node/monitored.ts";
import { packageRoot } from "../support/package-root.ts";
import { commandOf } from "../support/runtimes.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

/** A runtime in a mount namespace of its own, which has prepared s1 and s2 there, and has a pod for s2. */
async function runtimeElsewhere(scratch: Scratch): Promise<{ runtime: Child; socket: string }> {
  const socket = `${scratch.path}/nri.sock`;
  const command = [...commandOf("node-runtime"), socket, scratch.hostDir, "s1", "s2"];
  const runtime = new Child(["unshare", "-m", "--propagation", "private", "--", ...command]);
  assert.equal(await runtime.line(), "ready");
  return { runtime, socket };
}

const mountsOf = (process: number, directory: string) =>
  readFileSync(`/proc/${process}/mountinfo`, "utf8")
    .split("\n")
    .filter((line) => line.includes(` ${directory}/`));

mountTest("sandboxes of the runtime's mount namespace are seen and removed there", async (scratch) => {
  const { runtime, socket } = await runtimeElsewhere(scratch);
  // As on a node, the runtime's namespace has none of the monitor's files.
  runtime.send(packageRoot);
  assert.equal(await runtime.line(), "done");
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
  const living = { nri: { socket } };
  {
    await using monitor = await monitorOf(scratch, living);
    const { places, counts } = monitor.status();
    assert.deepEqual([places.mounts, places.process], ["other", runtime.pid]);
    kill(childOf(pid), "SIGKILL");
    await rejection(monitor.audit());
    // Nobody may take the monitor's own mounts for the runtime's.
    assert.deepEqual([monitor.places().mounts, monitor.places().process], ["unknown", undefined]);
    await monitor.audit();
    assert.deepEqual([monitor.places().mounts, monitor.places().process], ["other", runtime.pid]);
    assert.deepEqual(verdictsOf(monitor), ["s1 dead not-listed", "s2 living listed"]);
    assert.deepEqual([counts.mounts, counts.leakedMounts, counts.findings], [10, 5, {}]);
    assert.equal(mountsOf(runtime.pid, scratch.hostDir).length, 10);
  }
  await using monitor = await monitorOf(scratch, living, { remove: true });
  assert.deepEqual(verdictsOf(monitor), ["s2 living listed"]);
  assert.deepEqual(monitor.status().removed, { sandboxes: 1, mounts: 5, failures: 0 });
  assert.equal(mountsOf(runtime.pid, `${scratch.hostDir}/s2`).length, 4);
  assert.equal(mountsOf(runtime.pid, `${scratch.hostDir}/s1`).length, 0);
  assert.deepEqual(readdirSync(scratch.hostDir), ["s2"]);
});

mountTest(
  "a process is named whose mounts are looked at; of one that is not there that is said",
  async (scratch) => {
    const { runtime } = await runtimeElsewhere(scratch);
    const list = async () => ["s1", "s2"];
    {
      await using monitor = await monitorOf(scratch, { list }, { runtimePid: runtime.pid });
      assert.equal(monitor.status().counts.mounts, 10);
      assert.deepEqual(verdictsOf(monitor), ["s1 living listed", "s2 living listed"]);
    }
    await runtime.kill();
    const error = await rejection(monitorOf(scratch, { list }, { runtimePid: runtime.pid }));
    assert.ok(error instanceof MonitorError);
    assert.equal(error.code, "failed");
    assert.match(error.message, /^Cannot look at the node's mounts: there is no process \d+ .*CAP_SYS_ADMIN/);
  },
);

mountTest("from outside of the runtime's namespace, what lives there is no garbage", async (scratch) => {
  await runtimeElsewhere(scratch);
  const list = async () => ["s3"];
  await using monitor = await monitorOf(scratch, { list }, { remove: true });
  assert.deepEqual(verdictsOf(monitor), []);
  assert.deepEqual(readdirSync(scratch.hostDir).sort(), ["s1", "s2"]);
});
