import assert from "node:assert/strict";
import { openLibc } from "../../ffi/mod.ts";
import { stepError } from "../support/errors.ts";
import { Fuse } from "../support/faults/fuse.ts";
import { mountsBelow } from "../support/mounts.ts";
import { libcNames } from "../support/runtimes.ts";
import { bindPrivately } from "../support/sandbox/kernel-below.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";

// A mount that is left out of a share is reached by names, and a server may have to be asked for them.

const container = { id: "c1" };

/** A directory with a FUSE filesystem below it, in which proc is mounted. */
async function procBelowFuse(scratch: Scratch): Promise<{ server: Fuse; source: string }> {
  const server = await Fuse.mount(scratch, "tree/fuse");
  bindPrivately("/proc", `${server.path}/directory`);
  return { server, source: `${scratch.path}/tree` };
}

for (const libcName of libcNames) {
  mountTest(
    `what is the kernel's below a server that hangs is given up, and nobody else waits, by ${libcName}`,
    async (scratch) => {
      const { server, source } = await procBelowFuse(scratch);
      const share = scratch.share({}, { libc: await openLibc(libcName), sourceTimeoutMs: 300 });
      await share.prepare();
      const before = mountsBelow(scratch.hostDir);
      server.hang();
      const failing = stepError(
        share.shareFile(container, { source, destination: "/x", options: ["rbind"] }),
      );
      const other = { source: scratch.file("f"), destination: "/f" };
      const good = await share.shareFile({ id: "c2" }, other);
      const error = await failing;
      assert.deepEqual([error.step.op, error.code], ["bind", "ETIMEDOUT"]);
      assert.ok(error.message.includes(JSON.stringify(`${server.path}/directory`)), error.message);
      await share.unshareFile({ id: "c2" }, { ...other, hostPath: good?.hostPath as string });
      assert.deepEqual(mountsBelow(scratch.hostDir), before);
      await share.cleanup();
      await server.die();
    },
  );
}

mountTest("what is the kernel's below a server that answers is left out", async (scratch) => {
  const { server, source } = await procBelowFuse(scratch);
  const share = scratch.share();
  await share.prepare();
  const mount = { source, destination: "/x", options: ["rbind"] };
  const shared = await share.shareFile(container, mount, { random });
  const omitted = [{ path: "/x/fuse/directory", filesystem: "proc", reason: "kernel" }];
  assert.deepEqual(shared?.omitted, omitted);
  await share.cleanup();
  await server.die();
});
