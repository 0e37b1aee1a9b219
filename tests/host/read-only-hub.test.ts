import assert from "node:assert/strict";
import { mount } from "../support/mounts.ts";
import { refused } from "../support/refused.ts";
import { container, fill, fullSandbox } from "../support/sandbox/full.ts";
import { mountTest, random } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

mountTest("a hub that somebody made read-only is told by prepare; cleanup takes it away", async (scratch) => {
  const full = fullSandbox(scratch);
  const share = await fill(scratch, full);
  mount("-o", "remount,bind,ro", scratch.hub(""));
  const error = await refused(scratch, () => share.prepare());
  assert.match(error.message, /EEXIST \(somebody made the hub read-only, .*; call cleanup first\)/);
  const more = await refused(scratch, () =>
    share.shareFile(container, full.file, { random: random.replace("0", "1") }),
  );
  assert.equal(more.code, "EROFS");
  await share.cleanup();
  assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
});
