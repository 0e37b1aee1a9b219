import assert from "node:assert/strict";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellScript } from "../../cli/print/shell.ts";
import { audit } from "../../ffi/mod.ts";
import { differ, readMountinfo, tableLines } from "../../table/mod.ts";
import { runScript, shells } from "../support/cli/run-script.ts";
import { containerIn, plansFor, randoms } from "../support/cli/script-plans.ts";
import { mount } from "../support/mounts.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";
import { kernelTable } from "../support/table/kernel-table.ts";

// The script of a plan, run by a shell, beside the library.

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
  "an ordinary user runs a script in namespaces of its own, beside a utab that only root may write",
  async (scratch) => {
    const container = { id: "c1", rootFs: { target: scratch.directory("rootfs") } };
    const { adding } = await plansFor(scratch, container);
    const script = scratch.file("script", shellScript(adding));
    chownSync(scratch.hostDir, 65534, 65534);
    const user = "setpriv --reuid 65534 --regid 65534 --clear-groups unshare -rm";
    const { exitCode, stdout, stderr } = runScript(
      "sh",
      `unshare -m sh -ec '
        mount -n -t tmpfs -o mode=0755 run /run
        mkdir /run/mount
        echo "ID=1 SRC=/x TARGET=/elsewhere ROOT=/ OPTS=uhelper=x" >/run/mount/utab
        exec ${user} sh -ec "sh ${script}; cat /proc/self/mountinfo"'`,
    );
    assert.deepEqual([exitCode, stderr], [0, ""]);
    const { mounts } = readMountinfo(stdout);
    assert.ok(mounts.some(({ target }) => target === scratch.view("c1/rootfs")));
  },
  { skip: isMachineRoot ? false : "only the machine's root becomes another user" },
);
