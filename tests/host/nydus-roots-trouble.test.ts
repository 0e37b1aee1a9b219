import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import type { Mount } from "../../ffi/mod.ts";
import { planError, stepError } from "../support/errors.ts";
import { mount } from "../support/mounts.ts";
import { changesIn, nydusTest, onNydus, withImage } from "../support/sandbox/nydus.ts";
import { refusal } from "../support/sandbox/nydusd-server.ts";
import { shapeBetween } from "../support/sandbox/together.ts";
import type { Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

const mountpoint = "/rafs/c1/lowerdir";

nydusTest(
  "an image without its snapshot's directory is unmounted again",
  async ({ scratch, server, share }) => {
    const before = shapeOf(scratch.hostDir);
    const container = withImage("c1", scratch.file("c1.boot"), `${scratch.path}/nowhere`);
    const error = await stepError(share.shareRootFilesystem(container));
    assert.deepEqual([error.step.op, error.code, error.undo], ["bind", "ENOENT", []]);
    assert.deepEqual(changesIn(server), [`POST ${mountpoint}`, `DELETE ${mountpoint}`]);
    assert.equal(server.mounts.size, 0);
    assert.deepEqual(shapeOf(scratch.hostDir), before);
  },
);

/** A volume that looks like any other until it is opened: the executor refuses all of proc. */
function unsharable(scratch: Scratch): Mount {
  const source = scratch.directory("processes");
  mount("--rbind", "/proc", source);
  return { destination: "/processes", source, type: "bind" };
}

nydusTest(
  "a volume that fails takes the image of its container with it",
  async ({ scratch, server, share }) => {
    const there = { destination: "/there", source: scratch.directory("there"), type: "bind" };
    const container = { ...onNydus(scratch), mounts: [there, unsharable(scratch)] };
    const before = shapeOf(scratch.hostDir);
    const error = await stepError(share.shareContainer(container));
    assert.deepEqual([error.step.op, error.code, error.undo], ["bind", "EINVAL", []]);
    assert.deepEqual(changesIn(server), [`POST ${mountpoint}`, `DELETE ${mountpoint}`]);
    assert.deepEqual(shapeBetween(scratch), before);
  },
);

nydusTest("an image that was there before a failure stays", async ({ scratch, server, share }) => {
  const container = onNydus(scratch);
  await share.shareRootFilesystem(container);
  const before = shapeOf(scratch.hostDir);
  await stepError(share.shareContainer({ ...container, mounts: [unsharable(scratch)] }));
  assert.equal(server.mounts.size, 1);
  assert.deepEqual(shapeBetween(scratch), before);
});

nydusTest("what could not be undone in nydusd is named", async ({ scratch, server, share }) => {
  server.trouble.set("DELETE", { raw: refusal(500, "busy"), end: "stall" });
  const container = withImage("c1", scratch.file("c1.boot"), `${scratch.path}/nowhere`);
  const error = await stepError(share.shareRootFilesystem(container));
  assert.deepEqual(
    error.undo.map(({ step, code }) => [step.op, code]),
    [["rafsUmount", "UNDEFINED"]],
  );
  assert.match(
    error.message,
    /left behind: Cannot unmount "\/rafs\/c1\/lowerdir" in nydusd: 500 UNDEFINED \(busy\)$/,
  );
});

nydusTest("an image that nydusd refuses leaves nothing in the hub", async ({ scratch, server, share }) => {
  const before = shapeOf(scratch.hostDir);
  const container = onNydus(scratch);
  rmSync(`${scratch.path}/c1.boot`);
  const error = await stepError(share.shareRootFilesystem(container));
  assert.deepEqual([error.step.op, error.code], ["rafsMount", "UNDEFINED"]);
  assert.equal(server.mounts.size, 0);
  assert.deepEqual(shapeOf(scratch.hostDir), before);
});

nydusTest("unsharing goes on after a failure, reports all, and is done by the next call", async (sandbox) => {
  const { scratch, server, share } = sandbox;
  const container = onNydus(scratch);
  const before = shapeOf(scratch.hostDir);
  await share.shareRootFilesystem(container);
  server.trouble.set("DELETE", { raw: refusal(500, "busy"), end: "stall" });
  writeFileSync(scratch.hub("c1/rootfs/in the way"), "");
  const error = await planError(share.unshareRootFilesystem(container));
  assert.deepEqual(
    error.failures.map(({ step, code }) => [step.op, code]),
    [
      ["rafsUmount", "UNDEFINED"],
      ["remove", "ENOTEMPTY"],
      ["remove", "ENOTEMPTY"],
    ],
  );
  assert.deepEqual(readdirSync(scratch.hub("c1")), ["rootfs"]); // the snapshot is gone
  server.trouble.clear();
  rmSync(scratch.hub("c1/rootfs/in the way"));
  await share.unshareRootFilesystem(container);
  assert.equal(server.mounts.size, 0);
  assert.deepEqual(shapeOf(scratch.hostDir), before);
});
