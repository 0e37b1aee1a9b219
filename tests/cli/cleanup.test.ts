import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { runCommand, runInTerminal } from "../support/cli/run-command.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest } from "../support/scratch.ts";

// `guestshare cleanup`.

mountTest("cleanup removes all that was mounted for a sandbox", async (scratch) => {
  await scratch.share().prepare();
  const args = ["cleanup", "--id", "s1", "--host-dir", scratch.hostDir];
  assert.deepEqual(runCommand(args), { exitCode: 0, stdout: "", stderr: 'Cleaned up sandbox "s1".\n' });
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
  assert.ok(!existsSync(scratch.inSandbox()));
});

mountTest("a command that is misspelt is told what is meant, in a pipe and in a terminal", () => {
  const said =
    "guestshare: unknown command 'clenup'\n  why:  nothing was done\n  next: Did you mean cleanup?\n";
  assert.deepEqual(runCommand(["clenup"]), { exitCode: 64, stdout: "", stderr: said });
  assert.deepEqual(runInTerminal(["clenup"]), { exitCode: 64, stdout: said, stderr: "" });
});
