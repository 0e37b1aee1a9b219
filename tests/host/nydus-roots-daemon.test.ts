import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { planError, stepError } from "../support/errors.ts";
import { mountsBelow } from "../support/mounts.ts";
import { changesIn, type NydusSandbox, nydusTest, onNydus } from "../support/sandbox/nydus.ts";
import { refusal } from "../support/sandbox/nydusd-server.ts";
import type { Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

nydusTest("a daemon that refuses does not keep cleanup from its end", async ({ scratch, server, share }) => {
  for (const id of ["c1", "c2"]) await share.shareRootFilesystem(onNydus(scratch, id));
  server.trouble.set("DELETE", { raw: refusal(500, "busy"), end: "stall" });
  const error = await planError(share.cleanup());
  assert.deepEqual(
    error.failures.map(({ step, code }) => [step.op, code]),
    [
      ["rafsUmount", "UNDEFINED"],
      ["rafsUmount", "UNDEFINED"],
    ],
  );
  assertGone(scratch);
});

const silence = async (sandbox: NydusSandbox) => {
  const { scratch, server, share } = sandbox;
  for (const id of ["c1", "c2"]) await share.shareRootFilesystem(onNydus(scratch, id));
  server.trouble.set("DELETE", { end: "stall" });
  const { failures } = await planError(share.cleanup());
  assert.deepEqual(
    failures.map(({ code }) => code),
    ["ETIMEDOUT", "ETIMEDOUT"],
  );
  assertGone(scratch);
};
nydusTest("a silent daemon has its time for each image, and cleanup comes to its end", silence, {
  timeoutMs: 500,
});

nydusTest("the mounts of a daemon that died are gone with it: that is no error", async (sandbox) => {
  const { scratch, server, share } = sandbox;
  const [first, second] = [onNydus(scratch, "c1"), onNydus(scratch, "c2")];
  await share.shareRootFilesystem(first);
  await share.shareRootFilesystem(second);
  server.die();
  await share.unshareRootFilesystem(first);
  assert.deepEqual(readdirSync(scratch.inSandbox("mounts")), ["c2"]);
  await share.cleanup();
  assertGone(scratch);
});

nydusTest(
  "a daemon that never runs fails in time, and leaves nothing",
  async ({ scratch, server, share }) => {
    const before = shapeOf(scratch.hostDir);
    server.states = ["INIT"];
    const start = performance.now();
    const error = await stepError(share.shareRootFilesystem(onNydus(scratch)));
    assert.ok(performance.now() - start >= 199);
    assert.deepEqual([error.step.op, error.code], ["rafsMount", "ETIMEDOUT"]);
    assert.match(error.message, /not running after 200 ms: its state is INIT/);
    assert.deepEqual(changesIn(server), []);
    assert.deepEqual(shapeOf(scratch.hostDir), before);
  },
  { runningTimeoutMs: 200 },
);

nydusTest("a daemon that runs a little later is waited for", async ({ scratch, server, share }) => {
  server.states = ["INIT", "READY", "RUNNING"];
  await share.shareRootFilesystem(onNydus(scratch));
  assert.deepEqual(changesIn(server), ["POST /rafs/c1/lowerdir"]);
});

function assertGone(scratch: Scratch): void {
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
  assert.deepEqual(readdirSync(scratch.hostDir), []);
}
