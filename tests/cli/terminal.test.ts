import assert from "node:assert/strict";
import { join } from "node:path";
import { commands } from "../../cli/program.ts";
import { terminalHere } from "../support/cli/command-here.ts";
import { named } from "../support/cli/in-sandbox.ts";
import { type CommandSetting, runInTerminal } from "../support/cli/run-command.ts";
import { isShort } from "../support/sample.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { kernelTable } from "../support/table/kernel-table.ts";

// Each command in a terminal: what it does, where no other test does that there, and how it fails.

const env = { NO_COLOR: "1" };

// The whole run starts each command in a terminal of its own. `help` has its document beside the bundles alone.
const runThere = isShort ? terminalHere : runInTerminal;

const inTerminal = (
  scratch: Scratch,
  [command = "", ...words]: readonly string[],
  setting?: CommandSetting,
) => runThere([command, ...named(scratch), ...words], setting);

mountTest("a sandbox is filled, listed, compared, emptied and removed in a terminal", async (scratch) => {
  const before = kernelTable();
  const [one, other] = [scratch.file("one"), scratch.file("other")];
  const run = async (...words: string[]) => {
    const { exitCode, stdout } = await inTerminal(scratch, words, { env });
    assert.equal(exitCode, 0, stdout);
    return stdout;
  };
  const isShared = async (source: string) => (await run("list")).includes(source);
  await run("apply", "--yes", "-v", `${one}:/one:ro`);
  assert.match(await run("share", `${other}:/other`, "--container", "c2"), /\/other is .* in the guest/);
  assert.ok((await isShared(one)) && (await isShared(other)));
  assert.match(await run("diff", "-v", `${one}:/one:ro`), /^- /m);
  assert.match(await run("audit", "--log-level", "debug"), /Nothing is wrong/);
  await run("remove", "c2");
  assert.ok((await isShared(one)) && !(await isShared(other)));
  assert.match(await run("plan", "--log-level", "debug", "-v", one), /to add/);
  assert.match(await run("mend", "--log-level", "debug", "--yes", "-v", `${one}:/one:ro`), /./);
  await run("cleanup");
  assert.deepEqual(kernelTable(), before);
});

mountTest(
  "the dead are removed in a terminal, with a log of each step where that is asked for",
  async (scratch) => {
    const before = kernelTable();
    const applied = await inTerminal(scratch, [
      "apply",
      "--yes",
      "--log-level",
      "debug",
      "-v",
      scratch.file("one"),
    ]);
    assert.equal(applied.exitCode, 0);
    assert.match(applied.stdout, /^\{"level":.*"op":"hub"/m);
    const place = ["--host-dir", scratch.hostDir];
    const collected = await runThere(["gc", "--none-living", "--grace", "0s", "--yes", ...place], { env });
    assert.equal(collected.exitCode, 0, collected.stdout);
    assert.deepEqual(kernelTable(), before);
  },
);

mountTest("each command fails in a terminal with what failed, why, and what to do next", async (scratch) => {
  const missing = join(scratch.path, "missing");
  const here = named(scratch);
  const bare = ["--host-dir", scratch.hostDir];
  const failures: Readonly<Record<string, readonly [words: readonly string[], exitCode: number]>> = {
    plan: [[...here, "-v", missing], 1],
    apply: [[...here, "--yes", "-v", missing], 1],
    share: [[...here, scratch.file("one")], 1],
    unshare: [[...here, scratch.file("one")], 1],
    remove: [[...here, "c1"], 1],
    cleanup: [["--id", "a/b", ...bare], 64],
    list: [[...bare, "-o", "COLOUR"], 64],
    audit: [[...bare, "--plan", missing], 64],
    mend: [[...here, "--yes"], 1],
    diff: [[...here, missing], 64],
    preview: [[missing], 64],
    gc: [[...bare, "--living-file", missing], 1],
    follow: [[...bare, "--interval", "5"], 64],
    run: [[missing], 64],
    monitor: [[...bare, "--gate-trial"], 64],
    copy: [[missing], 64],
    watch: [[missing], 1],
    help: [["nothing"], 64],
    doctor: [["--engine", "ffi"], 64],
    completion: [["csh"], 64],
  };
  const visible = commands.filter(({ isHidden }) => !isHidden).map(({ name }) => name);
  assert.deepEqual(Object.keys(failures).sort(), visible.sort());
  for (const [name, [words, exitCode]] of Object.entries(failures)) {
    const ended = await (name === "help" ? runInTerminal : runThere)([name, ...words], { env });
    assert.match(ended.stdout, /^guestshare: .+\n {2}why: .+\n {2}next: .+$/m, `${name}: ${ended.stdout}`);
    assert.equal(ended.exitCode, exitCode, `${name}: ${ended.stdout}`);
  }
});
