import assert from "node:assert/strict";
import { join } from "node:path";
import { commands } from "../../cli/program.ts";
import { inTerminal, named } from "../support/cli/in-sandbox.ts";
import { runInTerminal } from "../support/cli/run-command.ts";
import { sampleOf } from "../support/sample.ts";
import { mountTest } from "../support/scratch.ts";
import { kernelTable } from "../support/table/kernel-table.ts";

// Each command in a terminal: what it does, where no other test does that there, and how it fails.

const env = { NO_COLOR: "1" };

mountTest("a sandbox is filled, listed, compared, emptied and removed in a terminal", (scratch) => {
  const before = kernelTable();
  const [one, other] = [scratch.file("one"), scratch.file("other")];
  const run = (...words: string[]) => {
    const { exitCode, stdout } = inTerminal(scratch, words, { env });
    assert.equal(exitCode, 0, stdout);
    return stdout;
  };
  const isShared = (source: string) => run("list").includes(source);
  run("apply", "--yes", "-v", `${one}:/one:ro`);
  assert.match(run("share", `${other}:/other`, "--container", "c2"), /\/other is .* in the guest/);
  assert.ok(isShared(one) && isShared(other));
  assert.match(run("diff", "-v", `${one}:/one:ro`), /^- /m);
  assert.match(run("audit", "--log-level", "debug"), /Nothing is wrong/);
  run("remove", "c2");
  assert.ok(isShared(one) && !isShared(other));
  assert.match(run("plan", "--log-level", "debug", "-v", one), /to add/);
  assert.match(run("mend", "--log-level", "debug", "--yes", "-v", `${one}:/one:ro`), /./);
  run("cleanup");
  assert.deepEqual(kernelTable(), before);
});

mountTest(
  "the dead are removed in a terminal, with a log of each step where that is asked for",
  (scratch) => {
    const before = kernelTable();
    const applied = inTerminal(scratch, [
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
    const collected = runInTerminal(["gc", "--none-living", "--grace", "0s", "--yes", ...place], { env });
    assert.equal(collected.exitCode, 0, collected.stdout);
    assert.deepEqual(kernelTable(), before);
  },
);

mountTest("each command fails in a terminal with what failed, why, and what to do next", (scratch) => {
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
  for (const [name, [words, exitCode]] of sampleOf(Object.entries(failures), 4)) {
    const ended = runInTerminal([name, ...words], { env });
    assert.match(ended.stdout, /^guestshare: .+\n {2}why: .+\n {2}next: .+$/m, `${name}: ${ended.stdout}`);
    assert.equal(ended.exitCode, exitCode, `${name}: ${ended.stdout}`);
  }
});
