import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellScript } from "../../cli/print/shell.ts";
import { audit } from "../../ffi/mod.ts";
import { type Container, loadSync, type Plan } from "../../mod.ts";
import { differ, readMountinfo, tableLines } from "../../table/mod.ts";
import { runScript, shells } from "../support/cli/run-script.ts";
import { mount, mountsBelow, mountTmpfs } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";
import { kernelTable } from "../support/table/kernel-table.ts";

// The script of a plan, run by a shell, beside the library.

const core = loadSync();
const odd = 'it\'s "%x" \\ \u001b[31m$(exit)\n#ü\n\n';
const randoms = ["1", "2", "3", "4", "5"].map((digit) => digit.repeat(16));

// A root filesystem, a source with mounts below it, one of them the kernel's, and others with attributes of their own.
function containerIn(scratch: Scratch): Container {
  const tree = scratch.directory("tree");
  mountTmpfs(scratch.directory("tree/sub mount"), "strictatime,nosuid,mode=0755");
  mount("-t", "proc", "proc", scratch.directory("tree/sub mount/proc"));
  mountTmpfs(scratch.directory("tree/other"), "noatime,noexec");
  mountTmpfs(scratch.directory("nodev"), "nodev,nosymfollow,mode=0755");
  const rootfs = scratch.directory("rootfs");
  return {
    id: "c1",
    rootFs: { target: rootfs },
    mounts: [
      { source: tree, destination: "/tree", options: ["rbind", "ro", "noatime"] },
      { source: tree, destination: "/tree2", options: ["rbind", "rnoexec", "rrelatime", "nodev"] },
      { source: scratch.directory("nodev"), destination: "/c", options: ["bind", "ro", "nodiratime"] },
      { source: scratch.file("file"), destination: "/d", options: ["ro", "noexec", "strictatime"] },
      { source: scratch.file(odd), destination: "/odd", options: ["bind", "ro"] },
    ],
  };
}

async function plansFor(scratch: Scratch, container: Container): Promise<{ adding: Plan[]; cleanup: Plan }> {
  const share = scratch.share();
  const prepare = await share.plan("prepare");
  const shared = await share.plan("shareContainer", container, { random: randoms });
  const cleanup = await share.plan("cleanup");
  return { adding: [prepare.plan, shared.plan], cleanup: cleanup.plan };
}

for (const propagation of ["private", "shared"])
  for (const shell of shells)
    mountTest(
      `a script makes in ${shell} what the library makes, where mounts are ${propagation}`,
      async (scratch) => {
        mount(`--make-${propagation}`, scratch.path);
        const container = containerIn(scratch);
        const { adding, cleanup } = await plansFor(scratch, container);
        const before = tableLines(kernelTable());
        const share = scratch.share();
        await share.prepare();
        await share.shareContainer(container, { random: randoms });
        const library = { table: tableLines(kernelTable()), shape: shapeOf(scratch.hostDir).sort() };
        await share.cleanup();
        assert.deepEqual(tableLines(kernelTable()), before);

        assert.deepEqual(runScript(shell, shellScript(adding)), { exitCode: 0, stdout: "", stderr: "" });
        const script = { table: tableLines(kernelTable()), shape: shapeOf(scratch.hostDir).sort() };
        assert.deepEqual(script, library);
        assert.deepEqual(differ(kernelTable(), adding), []);

        assert.deepEqual(runScript(shell, shellScript([cleanup])), { exitCode: 0, stdout: "", stderr: "" });
        assert.deepEqual(tableLines(kernelTable()), before);
        assert.ok(!existsSync(scratch.inSandbox()));
      },
    );

mountTest("the library goes on with what a script has made", async (scratch) => {
  const container = containerIn(scratch);
  const { adding } = await plansFor(scratch, container);
  runScript("sh", shellScript(adding));
  const share = scratch.share();
  const names = (await share.list()).map(({ name, users }) => `${name} ${users}`);
  assert.ok(names.includes(`sandbox-${randoms[3]}-file c1`), names.join());
  assert.deepEqual(await audit({ hostDir: scratch.hostDir }), []);
  await share.unshareContainer(container);
  assert.deepEqual(await share.list(), []);
  await share.cleanup();
  assert.ok(!existsSync(scratch.inSandbox()));
});

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

mountTest("a script that is told to end undoes what it did", async (scratch) => {
  const { adding } = await plansFor(scratch, containerIn(scratch));
  const before = tableLines(kernelTable());
  // The signal comes while the view is moved to its place.
  const commands = scratch.directory("commands");
  const fake = `#!/bin/sh\nPATH=\${PATH#*:}\n[ "$1" != --move ] || kill -TERM $PPID\nexec mount "$@"\n`;
  writeFileSync(join(commands, "mount"), fake, { mode: 0o755 });
  const { exitCode, stderr } = runScript("sh", shellScript(adding), commands);
  assert.equal(exitCode, 143);
  assert.match(stderr, /^step 7 view .*: failed; what the script has changed is undone\n$/);
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

mountTest("no share is ever where the guest sees it without its attributes", async (scratch) => {
  const { adding } = await plansFor(scratch, containerIn(scratch));
  const log = noteAfterEachMount(scratch);
  const result = runScript("sh", shellScript(adding), log.commands);
  assert.deepEqual(result, { exitCode: 0, stdout: "", stderr: "" });
  const tables = log.tables();
  assert.ok(tables.length > 20, `${tables.length} calls of mount`);
  const readOnly = tables
    .flat()
    .filter(({ target }) => /\/s1\/(mounts|shared)\/sandbox-[1345]{16}/.test(target));
  assert.ok(readOnly.length > 20);
  for (const { target, attributes } of readOnly) assert.ok(attributes.includes("ro"), target);
});

// A "mount" that keeps the table after each call of the real one.
function noteAfterEachMount(scratch: Scratch) {
  const commands = scratch.directory("commands");
  const path = join(commands, "mount");
  const log = join(scratch.path, "log");
  mkdirSync(log);
  const text = `#!/bin/sh\nPATH=\${PATH#*:}\nmount "$@"\ncode=$?\ncat /proc/self/mountinfo >"${log}/$$"\nexit $code\n`;
  writeFileSync(path, text, { mode: 0o755 });
  const tables = () => readdirSync(log).map((name) => readMountinfo(readFileSync(join(log, name))).mounts);
  return { commands, tables };
}

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
