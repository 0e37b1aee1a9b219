import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { planError } from "../support/errors.ts";
import { mount, mountsBelow, mountTmpfs } from "../support/mounts.ts";
import { refused } from "../support/refused.ts";
import { mountTest } from "../support/scratch.ts";

const container = { id: "c1" };

// A tmpfs needs an inode for its root, and one for each directory of a sandbox.
for (const inodes of [1, 2, 3]) {
  mountTest(
    `on a filesystem with room for ${inodes} files preparing is ENOSPC, and leaves nothing`,
    async (scratch) => {
      mountTmpfs(scratch.hostDir, `mode=0755,nr_inodes=${inodes}`);
      const error = await refused(scratch, () => scratch.share().prepare());
      assert.deepEqual([error.step.op, error.call, error.code], ["mkdir", "mkdirat", "ENOSPC"]);
    },
  );
}

mountTest(
  "on a filesystem that became read-only cleanup unmounts all, and tells what is left",
  async (scratch) => {
    mountTmpfs(scratch.hostDir);
    const share = scratch.share();
    await share.prepare();
    await share.shareFile(container, { source: scratch.file("f"), destination: "/f" });
    mount("-o", "remount,bind,ro", scratch.hostDir);
    const error = await planError(share.cleanup());
    assert.deepEqual(
      error.failures.map(({ step, code }) => [step.op, code]),
      [
        ["remove", "EROFS"],
        ["remove", "EROFS"],
        ["remove", "EROFS"],
      ],
    );
    assert.deepEqual(mountsBelow(scratch.inSandbox()), []);
    mount("-o", "remount,bind,rw", scratch.hostDir);
    await share.cleanup();
    assert.deepEqual(readdirSync(scratch.hostDir), []);
  },
);

mountTest("on a read-only filesystem preparing is EROFS", async (scratch) => {
  mountTmpfs(scratch.hostDir, "ro");
  assert.equal((await refused(scratch, () => scratch.share().prepare())).code, "EROFS");
});
