import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { commandHere, terminalHere } from "../support/cli/command-here.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest } from "../support/scratch.ts";

// `guestshare cleanup`.

mountTest("cleanup removes all that was mounted for a sandbox", async (scratch) => {
  await scratch.share().prepare();
  const args = ["cleanup", "--id", "s1", "--host-dir", scratch.hostDir];
  const directory = scratch.inSandbox();
  assert.deepEqual(await commandHere(args), {
    exitCode: 0,
    stdout: "",
    stderr: `Cleaned up ${directory}.\n`,
  });
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
  assert.ok(!existsSync(directory));
  // A second time it is fine, and said.
  const { exitCode, stdout } = await commandHere([...args, "--json"]);
  assert.deepEqual(
    [exitCode, JSON.parse(stdout)],
    [0, { schemaVersion: 1, sandbox: "s1", directory, isRemoved: false }],
  );
});

mountTest("a command that is misspelt is told what is meant, in a pipe and in a terminal", async () => {
  const said = "guestshare: Unknown command 'clenup'\n  why:  nothing was done\n  next: write cleanup\n";
  assert.deepEqual(await commandHere(["clenup"]), { exitCode: 64, stdout: "", stderr: said });
  assert.deepEqual(await terminalHere(["clenup"]), { exitCode: 64, stdout: said, stderr: "" });
});
