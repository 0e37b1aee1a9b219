import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { planError } from "../support/errors.ts";
import { container } from "../support/sandbox/full.ts";
import { mountTest, random } from "../support/scratch.ts";

// What somebody put into the hub where a share was: only what can be a placeholder of ours is removed with a share.

const name = `c1-${random}-x`;

mountTest("a file with content in a share's place stays, and unsharing says so", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const hostPath = scratch.hub(name);
  writeFileSync(hostPath, "x");
  const error = await planError(share.unshareFile(container, { destination: "/x", hostPath }));
  assert.match(error.message, /it is no placeholder of ours; remove it yourself/);
  assert.equal(readFileSync(hostPath, "utf8"), "x");
});

mountTest("a directory with something in a share's place stays, and unsharing says so", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const hostPath = scratch.hub(name);
  mkdirSync(`${hostPath}/inner`, { recursive: true });
  const error = await planError(share.unshareFile(container, { destination: "/x", hostPath }));
  assert.match(error.message, /ENOTEMPTY/);
  assert.ok(statSync(`${hostPath}/inner`).isDirectory());
  rmdirSync(`${hostPath}/inner`);
  await share.unshareFile(container, { destination: "/x", hostPath });
  assert.throws(() => statSync(hostPath), { code: "ENOENT" });
});

mountTest(
  "an empty file in a share's place is a placeholder, as other versions made them",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const hostPath = scratch.hub(name);
    writeFileSync(hostPath, "");
    await share.unshareFile(container, { destination: "/x", hostPath });
    assert.throws(() => statSync(hostPath), { code: "ENOENT" });
  },
);
