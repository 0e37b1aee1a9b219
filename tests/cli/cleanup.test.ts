import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { runCommand, runInTerminal } from "../support/cli/run-command.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest } from "../support/scratch.ts";

// `guestshare cleanup`.

mountTest("cleanup removes all that was mounted for a sandbox", async (scratch) => {
  await scratch.share().prepare();
  const args = ["cleanup", "--id", "s1", "--host-dir", scratch.hostDir];
  const directory = scratch.inSandbox();
  assert.deepEqual(runCommand(args), { exitCode: 0, stdout: "", stderr: `Cleaned up ${directory}.\n` });
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
  assert.ok(!existsSync(directory));
  // A second time it is fine, and said.
  const { exitCode, stdout } = runCommand([...args, "--json"]);
  assert.deepEqual(
    [exitCode, JSON.parse(stdout)],
    [0, { schemaVersion: 1, sandbox: "s1", directory, isRemoved: false }],
  );
});

mountTest("a command that is misspelt is told what is meant, in a pipe and in a terminal", () => {
  const said = "guestshare: Unknown command 'clenup'\n  why:  nothing was done\n  next: write cleanup\n";
  assert.deepEqual(runCommand(["clenup"]), { exitCode: 64, stdout: "", stderr: said });
  assert.deepEqual(runInTerminal(["clenup"]), { exitCode: 64, stdout: said, stderr: "" });
});
