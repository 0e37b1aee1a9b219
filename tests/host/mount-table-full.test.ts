import assert from "node:assert/strict";
import { Child } from "../support/child.ts";
import { mountTmpfs } from "../support/mounts.ts";
import { commandOf } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";

mountTest(
  "a share that the mount table has no room for is ENOSPC, and names fs.mount-max",
  async (scratch) => {
    const directory = scratch.directory("many");
    mountTmpfs(directory);
    // In a namespace of its own, which takes its many mounts with it.
    const inside = ["unshare", "-m", "--propagation", "private", "--"] as const;
    const child = new Child([...inside, ...commandOf("flood"), directory, scratch.hostDir]);
    const { stdout, stderr } = await child.end();
    assert.notEqual(stdout, "", stderr);
    const { mounts, message, ...rest } = JSON.parse(stdout);
    assert.ok(mounts > 60_000, `${mounts} mounts`);
    assert.deepEqual(rest, {
      name: "StepError",
      code: "ENOSPC",
      isAsBefore: true,
      worksAfterwards: true,
      left: 0,
    });
    assert.match(message, /fs\.mount-max/);
  },
);
