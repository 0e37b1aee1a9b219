import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { FilesystemShare, type Plan, RequestError, StepError } from "../../ffi/mod.ts";
import { libc } from "../support/runtimes.ts";
import { container, fullSandbox, withBindMounts } from "../support/sandbox/full.ts";
import { containerWith, digits } from "../support/sandbox/together.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";
import { type AnyCall, perform } from "../support/table/call.ts";

/** A share whose steps are noted as they are obeyed. */
function noting(scratch: Scratch): { share: FilesystemShare; steps: unknown[] } {
  const steps: unknown[] = [];
  const debug = ({ step }: { step?: unknown }) => steps.push(step);
  const sandbox = scratch.sandbox(withBindMounts(scratch));
  return { share: new FilesystemShare(sandbox, { libc, logger: { debug } as never }), steps };
}

mountTest(
  "what is planned is what is done, for each operation in its turn, and planning changes nothing",
  async (scratch) => {
    const { file, tree, root, disk } = fullSandbox(scratch);
    const data = [{ source: scratch.file("data"), destination: "/data", options: ["ro"] }];
    const [c3, c4] = ["c3", "c4"].map((id) => containerWith(scratch, id, data));
    const { share, steps } = noting(scratch);
    const calls: AnyCall[] = [
      ["prepare"],
      ["shareFile", container, file, { random }],
      ["shareFile", container, tree, { random, together: true }],
      ["shareRootFilesystem", root],
      ["shareRootFilesystem", disk],
      ["shareContainer", c3 ?? container, { random: [digits(0)] }],
      ["shareContainer", c4 ?? container, { random: [digits(1)] }],
      ["unshareContainer", { id: "c3" }],
      ["unshareFile", container, file],
      ["unshareRootFilesystem", root],
      ["cleanup", { revoke: true }],
    ];
    for (const call of calls) {
      const before = stateOf(scratch.path);
      const [operation, ...args] = call;
      const { plan } = (await share.plan(operation, ...(args as []))) as { plan: Plan };
      assert.deepEqual(stateOf(scratch.path), before, operation);
      steps.length = 0;
      await perform(share, call);
      assert.deepEqual(steps, plan.steps, operation);
    }
  },
);

mountTest("the request has what was seen: of the sources, and of the hub", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const mounts = [{ source: scratch.file("data"), destination: "/data" }];
  await share.shareContainer(containerWith(scratch, "c1", mounts), { random: [digits(0)] });
  const { request, plan } = await share.plan("shareContainer", containerWith(scratch, "c2", mounts));
  assert.equal(request.container.mounts?.[0]?.facts?.kind, "file");
  assert.deepEqual(
    request.held?.map(({ name, users }) => [name, users]),
    [[`sandbox-${digits(0)}-data`, ["c1"]]],
  );
  assert.equal(plan.outcomes[0]?.shared?.hostPath, scratch.hub(`sandbox-${digits(0)}-data`));
});

mountTest("a plan fails as the operation does: by the request, or by a source", async (scratch) => {
  const share = scratch.share();
  const missing = { source: `${scratch.path}/missing`, destination: "/x" };
  const fails = (error: unknown) => error instanceof StepError && error.code === "ENOENT";
  await assert.rejects(share.plan("shareFile", container, missing, { together: true }), fails);
  await assert.rejects(share.plan("shareContainer", containerWith(scratch, "c1", [missing])), fails);
  await assert.rejects(share.plan("shareRootFilesystem", { id: "../c" }), RequestError);
  await assert.rejects(share.plan("shareFile", container, missing, { random: "x" }), RequestError);
  await assert.rejects(share.plan("remove" as "prepare"), /there is no operation "remove"/);
  await assert.rejects(share.plan("cleanup", { revok: true } as never), /there is no option "revok"/);
});

mountTest("list and audit of a share are those of its sandbox alone", async (scratch) => {
  const [one, other] = [scratch.share({ id: "s1" }), scratch.share({ id: "s2" })];
  assert.deepEqual([await one.list(), await one.audit()], [[], []]);
  for (const share of [one, other]) await share.prepare();
  await other.shareFile(container, { source: scratch.file("f"), destination: "/f" }, { random });
  assert.deepEqual(await one.list(), []);
  assert.deepEqual(
    (await other.list()).map(({ name, source }) => [name, source.hostPath]),
    [[`c1-${random}-f`, `${scratch.path}/f`]],
  );
  mkdirSync(`${scratch.hostDir}/s1/mounts/.users`);
  mkdirSync(`${scratch.hostDir}/s1/mounts/.users/sandbox-${digits(0)}-x`);
  assert.deepEqual(
    (await one.audit()).map(({ code }) => code),
    ["users-without-share"],
  );
  assert.deepEqual(await other.audit(), []);
});
