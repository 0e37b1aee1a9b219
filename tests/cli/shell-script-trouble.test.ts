import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellScript } from "../../cli/print/shell.ts";
import { loadSync, type Plan } from "../../mod.ts";
import { tableLines } from "../../table/mod.ts";
import { runScript } from "../support/cli/run-script.ts";
import { containerIn, plansFor, randoms } from "../support/cli/script-plans.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";
import { kernelTable } from "../support/table/kernel-table.ts";

// A script that cannot go on, or may not.

const core = loadSync();

mountTest("a step that fails has the steps before it undone", async (scratch) => {
  const { adding } = await plansFor(scratch, containerIn(scratch));
  rmSync(join(scratch.path, "file"));
  const before = tableLines(kernelTable());
  const { exitCode, stderr } = runScript("sh", shellScript(adding));
  assert.equal(exitCode, 1);
  assert.match(
    stderr,
    /^step \d+ bind .*-file: the source is missing\nstep \d+ bind .*: failed; .* undone\n$/,
  );
  assert.deepEqual(tableLines(kernelTable()), before);
  assert.ok(!existsSync(scratch.inSandbox()));
});

// Where the commands of a script are, one of which sends a signal to the script as a mount is moved to a path.
function commandsThatSignal(scratch: Scratch, signal: string, target: string): string {
  const commands = scratch.directory("commands");
  const line = `case "$*" in *--move*${target}*) kill -${signal} $PPID ;; esac`;
  const text = `#!/bin/sh\nPATH=\${PATH#*:}\n${line}\nexec mount "$@"\n`;
  writeFileSync(join(commands, "mount"), text, { mode: 0o755 });
  return commands;
}

mountTest("a script that is told to end undoes what it did", async (scratch) => {
  const { adding } = await plansFor(scratch, containerIn(scratch));
  const before = tableLines(kernelTable());
  const commands = commandsThatSignal(scratch, "TERM", "/s1/shared");
  const { exitCode, stderr } = runScript("sh", shellScript(adding), commands);
  assert.equal(exitCode, 143);
  assert.match(stderr, /^step 7 view .*: failed; what the script has changed is undone\n$/);
  assert.deepEqual(tableLines(kernelTable()), before);
  assert.ok(!existsSync(scratch.inSandbox()));
});

mountTest("the library removes what a script that was killed has left", async (scratch) => {
  const { adding } = await plansFor(scratch, containerIn(scratch));
  const before = tableLines(kernelTable());
  const commands = commandsThatSignal(scratch, "KILL", "-file");
  assert.equal(runScript("sh", shellScript(adding), commands).exitCode, null);
  assert.ok(mountsBelow(scratch.inSandbox("staging")).length > 0, "it was killed where nothing was staged");
  await scratch.share().cleanup();
  assert.deepEqual(tableLines(kernelTable()), before);
  assert.ok(!existsSync(scratch.inSandbox()));
});

mountTest("a script touches nothing of a container that is shared already", async (scratch) => {
  const { adding } = await plansFor(scratch, containerIn(scratch));
  runScript("sh", shellScript(adding));
  const before = shapeOf(scratch.hostDir);
  const { exitCode, stderr } = runScript("sh", shellScript(adding));
  assert.equal(exitCode, 1);
  assert.match(stderr, /something is mounted there already/);
  assert.deepEqual(shapeOf(scratch.hostDir), before);
});

mountTest(
  "a script without a prepared sandbox, or with a source that may not be shared, says so",
  (scratch) => {
    const sandbox = scratch.sandbox();
    const container = { id: "c1" };
    const [random = ""] = randoms;
    const share = (source: string) =>
      core.plan({ op: "shareFile", sandbox, container, random, mount: { source, destination: "/x" } });
    mkdirSync(scratch.inSandbox());
    const refused = (plans: Plan[]) => runScript("sh", shellScript(plans)).stderr.split("\n")[0];
    assert.match(refused([share(scratch.file("a"))]) ?? "", /: the sandbox is not prepared$/);
    const prepare = core.plan({ op: "prepare", sandbox });
    assert.match(
      refused([prepare, share("/proc/self")]) ?? "",
      /: the source is on proc, which shows the host$/,
    );
    assert.match(refused([prepare, share("/dev/null")]) ?? "", /: the source is a device$/);
    assert.deepEqual(mountsBelow(scratch.hostDir), []);
  },
);

mountTest("a script changes nothing while another process holds the lock of the sandbox", async (scratch) => {
  const { adding } = await plansFor(scratch, containerIn(scratch));
  const script = scratch.file("script", shellScript(adding).replace("flock -w 10 9", "flock -w 0 9"));
  mkdirSync(scratch.inSandbox(), 0o700);
  const before = shapeOf(scratch.hostDir);
  const { exitCode, stderr } = runScript("sh", `flock "${scratch.inSandbox()}" sh "${script}"`);
  assert.equal(exitCode, 1);
  assert.match(stderr, /^step 1 mkdir .*: another process holds the lock of the sandbox\n/);
  assert.deepEqual(shapeOf(scratch.hostDir), before);
});
