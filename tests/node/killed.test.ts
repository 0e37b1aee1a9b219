import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../support/child.ts";
import { mountsBelow } from "../support/mounts.ts";
import { childOf, isThere } from "../support/node/child-of.ts";
import { monitorOf, verdictsOf } from "../support/node/monitored.ts";
import { commandOf, ownRuntime } from "../support/runtimes.ts";
import { sampleOf } from "../support/sample.ts";
import { container } from "../support/sandbox/full.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { until } from "../support/ttrpc/served.ts";

const monitorProcess = ({ hostDir }: Scratch, ...living: string[]) =>
  new Child([...commandOf("node-monitor"), hostDir, ...living]);

async function prepared(scratch: Scratch, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const share = scratch.share({ id });
    await share.prepare();
    for (const name of ["a", "b", "c"])
      await share.shareFile(container, { source: scratch.file(name), destination: `/${name}` });
  }
}

mountTest("with a monitor that is killed its child ends, and everything is as it was", async (scratch) => {
  await prepared(scratch, ["s1"]);
  const before = mountsBelow(scratch.hostDir);
  const monitor = monitorProcess(scratch, "s1");
  assert.equal(await monitor.line(), "ready");
  const child = childOf(monitor.pid);
  await monitor.kill();
  await until(() => !isThere(child));
  assert.deepEqual(mountsBelow(scratch.hostDir), before);
});

// At any moment of a removal: from its first call to its last. The short run takes others on the other runtime.
for (const afterMs of sampleOf([0, 3, 10, 30, 100, 300], 3, ownRuntime === "deno" ? 1 : 0)) {
  mountTest(
    `of a monitor that is killed ${afterMs} ms into a removal, the next one does the rest`,
    async (scratch) => {
      const monitor = monitorProcess(scratch, "living");
      assert.equal(await monitor.line(), "ready");
      const dead = Array.from({ length: 10 }, (_, at) => `dead${at}`);
      await prepared(scratch, ["living", ...dead]);
      const own = mountsBelow(`${scratch.hostDir}/living`);
      const child = childOf(monitor.pid);
      monitor.send("");
      await sleep(afterMs);
      // With both of them, or with the child alone, as the kernel's killer of memory hogs chooses.
      kill(child, "SIGKILL");
      await monitor.kill();
      assert.deepEqual(mountsBelow(`${scratch.hostDir}/living`), own);
      await using next = await monitorOf(scratch, { list: async () => ["living"] }, { remove: true });
      assert.deepEqual(verdictsOf(next), ["living living listed"]);
      assert.deepEqual(readdirSync(scratch.hostDir), ["living"]);
      assert.deepEqual(mountsBelow(scratch.hostDir), own);
    },
  );
}
