import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { planError } from "../support/errors.ts";
import { mount, mountsBelow, mountTmpfs } from "../support/mounts.ts";
import { refused } from "../support/refused.ts";
import { mountTest } from "../support/scratch.ts";

const container = { id: "c1" };

// A tmpfs needs an inode for its root, one for each directory of a sandbox, and after the first of these one for the mark.
for (const [inodes, op, call] of [
  [1, "mkdir", "mkdirat"],
  [2, "mark", "openat"],
  [3, "mkdir", "mkdirat"],
  [4, "mkdir", "mkdirat"],
] as const) {
  mountTest(
    `on a filesystem with room for ${inodes} files preparing is ENOSPC, and leaves nothing`,
    async (scratch) => {
      mountTmpfs(scratch.hostDir, `mode=0755,nr_inodes=${inodes}`);
      const error = await refused(scratch, () => scratch.share().prepare());
      assert.deepEqual([error.step.op, error.call, error.code], [op, call, "ENOSPC"]);
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
