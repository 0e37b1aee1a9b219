import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { commandHere, terminalHere } from "../support/cli/command-here.ts";
import { binary, runProgram } from "../support/cli/run-command.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// `guestshare gc`.

// Another user's processes may hold a view, and nobody else may look at them.
const skip = isMachineRoot ? false : "only the machine's root may look at each process";

async function prepared(scratch: Scratch): Promise<string[]> {
  for (const id of ["s1", "s2"]) await scratch.share({ id }).prepare();
  return ["gc", "--host-dir", scratch.hostDir, "--grace", "0"];
}

mountTest(
  "gc tells the dead, and removes them with --yes",
  async (scratch) => {
    const words = await prepared(scratch);
    const dry = await terminalHere([...words, "--living", "s1", "--exit-code"]);
    assert.equal(dry.exitCode, 2);
    assert.match(
      dry.stdout,
      /\ns1 +guestshare +alive .*\ns2 +guestshare +dead .*\n1 dead sandbox of 2\. Nothing was/,
    );
    assert.deepEqual(readdirSync(scratch.hostDir).sort(), ["s1", "s2"]);
    const done = await commandHere([...words, "--living-file", "-", "--yes"], { stdin: "s1\n" });
    assert.deepEqual([done.exitCode, done.stderr], [0, "1 sandbox removed.\n"]);
    assert.match(done.stdout, /\ns2 +guestshare +removed /);
    assert.deepEqual(readdirSync(scratch.hostDir), ["s1"]);
  },
  { skip },
);

mountTest(
  "gc --json has the reason of each, and --none-living says that all are dead",
  async (scratch) => {
    const words = await prepared(scratch);
    const sandboxes = async (more: readonly string[]) => {
      const found = JSON.parse((await commandHere([...words, "--json", ...more])).stdout);
      assert.equal(found.schemaVersion, 1);
      return found.sandboxes.map(
        ({ id, state, reason }: Record<string, string>) => `${id} ${state} ${reason}`,
      );
    };
    assert.deepEqual(await sandboxes([]), ["s1 unknown no-list", "s2 unknown no-list"]);
    assert.deepEqual(await sandboxes(["--none-living"]), ["s1 dead not-listed", "s2 dead not-listed"]);
    assert.deepEqual(await sandboxes(["--none-living", "--grace", "1h"]), [
      "s1 unknown young",
      "s2 unknown young",
    ]);
  },
  { skip },
);

mountTest(
  "gc ends with 3, and says why, where something dead cannot be removed",
  async (scratch) => {
    const directory = `${scratch.hostDir}/k1/mounts`;
    scratch.file("sandboxes/k1/mounts/c1-0011223344556677-file", "precious");
    const words = ["gc", "--host-dir", scratch.hostDir, "--grace", "0", "--none-living", "--yes"];
    const { exitCode, stdout, stderr } = await commandHere(words);
    assert.deepEqual([exitCode, stderr], [3, "0 sandboxes removed; 1 could not be removed.\n"]);
    assert.match(stdout, /k1 .*dead .*could not be removed: .*ENOTEMPTY/);
    assert.deepEqual(readdirSync(directory), ["c1-0011223344556677-file"]);
  },
  { skip },
);

mountTest("gc refuses a list that names nobody, a time that is none, and --id", async (scratch) => {
  const words = await prepared(scratch);
  for (const [more, what] of [
    [["--living-file", "-"], /names nobody\n {2}why: .*\n {2}next: say --none-living/],
    [["--living-file", "missing"], /"missing": ENOENT/],
    [["--grace", "10"], /Cannot read --grace "10"/],
    [["--none-living", "--living", "s1"], /Cannot take --none-living/],
    [["--id", "s1"], /by --id\n.*\n.*`guestshare cleanup --id`/],
  ] as const) {
    const { exitCode, stdout, stderr } = await commandHere([...words, "--yes", ...more]);
    assert.match(stderr, what);
    assert.deepEqual([exitCode, stdout], [what.source.includes("ENOENT") ? 1 : 64, ""]);
  }
  assert.deepEqual(readdirSync(scratch.hostDir).sort(), ["s1", "s2"]);
});

mountTest(
  "a list of the living may come through a pipe with a name",
  async (scratch) => {
    const words = [...binary, ...(await prepared(scratch)), "--yes", "--living-file"];
    const script = '"$@" <(echo s1)';
    assert.equal(runProgram(["bash", "-c", script, "bash", ...words]).exitCode, 0);
    assert.deepEqual(readdirSync(scratch.hostDir), ["s1"]);
  },
  { skip },
);

mountTest(
  "a list of the living with something else than ids is refused",
  async (scratch) => {
    const words = [...(await prepared(scratch)), "--yes"];
    for (const text of ["Error: connection refused\n", "s1\nPOD ID  STATE\n", "../s1", "s1\0s2"]) {
      const file = scratch.file("living", text);
      const { exitCode, stderr } = await commandHere([...words, "--living-file", file]);
      assert.deepEqual([exitCode, / is no id\n/.test(stderr)], [64, true], stderr);
    }
    // As a shell gives it, in double quotes.
    assert.equal((await commandHere([...words, "--living", "s1\ns2"])).exitCode, 64);
    assert.deepEqual(readdirSync(scratch.hostDir).sort(), ["s1", "s2"]);
  },
  { skip },
);
