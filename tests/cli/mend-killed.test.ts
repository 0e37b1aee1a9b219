import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { commandHere } from "../support/cli/command-here.ts";
import { bundleOfFiles, inSandbox, named } from "../support/cli/in-sandbox.ts";
import { commandOf } from "../support/runtimes.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// What a killed `guestshare apply` leaves is mended.

const MANY = 40;
const SAID = 30;

/** An apply that is killed when it has said of some shares who uses them. Their mounts would have come after that. */
function killedApply(scratch: Scratch, bundle: string): void {
  const [program, ...args] = commandOf("killed-command");
  const words = ['"op":"use"', String(SAID), "apply", ...named(scratch), bundle];
  const { signal, stderr } = spawnSync(program, [...args, ...words], { encoding: "utf8" });
  assert.equal(signal, "SIGKILL", stderr);
}

async function findings(scratch: Scratch): Promise<{ code: string }[]> {
  return JSON.parse((await inSandbox(scratch, ["audit", "--json"])).stdout).findings;
}

mountTest("what an apply leaves that was killed, and done again, is removed by mend", async (scratch) => {
  const bundle = bundleOfFiles(scratch, MANY);
  killedApply(scratch, bundle);
  assert.equal((await inSandbox(scratch, ["apply", bundle])).exitCode, 0);
  assert.equal((await findings(scratch)).length, SAID);
  const { stdout } = await inSandbox(scratch, ["audit"]);
  const lines = stdout.trimEnd().split("\n");
  assert.equal(lines[0], `s1: users-without-share  in ${SAID} places`);
  const mend = `guestshare mend --id s1 --host-dir ${scratch.hostDir}`;
  assert.equal(lines[2], `  mend: ${mend} (all of them)`);
  assert.equal(lines.filter((line) => line.startsWith(`  ${scratch.hub(".users")}/`)).length, 5);
  assert.equal(lines.at(-1), `  and ${SAID - 5} more (--json lists them all)`);
  const mended = await commandHere(mend.split(" ").slice(1));
  assert.deepEqual([mended.exitCode, mended.stdout], [0, ""], mended.stderr);
  assert.ok(mended.stderr.endsWith(`\nMended sandbox s1: 0 made, ${SAID} removed.\n`), mended.stderr);
  assert.deepEqual(await findings(scratch), []);
  // The container has all that it had.
  const again = await inSandbox(scratch, ["plan", "--exit-code", bundle]);
  assert.equal(again.exitCode, 0, again.stdout);
});
