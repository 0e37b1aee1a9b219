import assert from "node:assert/strict";
import { commandHere } from "../support/cli/command-here.ts";
import { inSandbox, named } from "../support/cli/in-sandbox.ts";
import type { CommandResult } from "../support/cli/run-command.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// The commands, for a sandbox that lives in another mount namespace.

async function preparedElsewhere(scratch: Scratch): Promise<Worker> {
  const there = await Worker.start(ownRuntime, ["unshare", "-m", "--propagation", "private", "--"]);
  await there.obey({ sandbox: scratch.sandbox(), calls: [["prepare"]] as never });
  return there;
}

function saysWhere({ exitCode, stdout, stderr }: CommandResult): void {
  assert.deepEqual([exitCode, stdout], [1, ""], stderr);
  assert.match(
    stderr,
    /^guestshare: Cannot .*: EBUSY \(this sandbox is in mount namespace \d+ \(process \d+\).*\)\n {2}why: .*\n {2}next: run it there: nsenter .*--mount=\S+ guestshare …\n$/,
  );
}

mountTest("each command that plans or changes says by which command it runs there", async (scratch) => {
  const there = await preparedElsewhere(scratch);
  const file = scratch.file("data");
  const plan = `${scratch.path}/plan.json`;
  for (const words of [
    ["plan", "-v", `${file}:/data`],
    ["plan", "-o", plan],
    ["apply", "-v", `${file}:/data`],
    ["share", file],
    ["unshare", file],
    ["remove", "c1"],
    ["diff", "-v", `${file}:/data`],
    ["cleanup"],
  ])
    saysWhere(await inSandbox(scratch, words));
  await there.end();
});

mountTest("diff of a plan that was written says so, too", async (scratch) => {
  const plan = `${scratch.path}/plan.json`;
  assert.equal((await inSandbox(scratch, ["plan", "-o", plan])).exitCode, 0);
  const there = await preparedElsewhere(scratch);
  saysWhere(await commandHere(["diff", plan]));
  await there.end();
});

mountTest("audit warns of it, and list --everywhere has a column for where it is", async (scratch) => {
  const there = await preparedElsewhere(scratch);
  for (const words of [named(scratch), ["--host-dir", scratch.hostDir]]) {
    const { exitCode, stdout, stderr } = await commandHere(["audit", ...words]);
    assert.deepEqual([exitCode, stdout], [0, ""]);
    assert.match(
      stderr,
      /^s1 is not audited: .*mount namespace \d+ .*; run it there: nsenter .* guestshare …\nNothing is wrong here\.\n$/,
    );
  }
  const quiet = await commandHere(["audit", ...named(scratch), "--quiet"]);
  assert.equal(quiet.stderr, "");
  const list = await commandHere(["list", "--everywhere", "--host-dir", scratch.hostDir]);
  assert.match(list.stdout, /^TARGET .* NAMESPACE +PROCESS\n/);
  assert.match(list.stdout, new RegExp(`^${scratch.inSandbox()} .* \\d+ +\\d+$`, "m"));
  await there.end();
});
