import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { findAccelerator } from "../../vm/mod.ts";
import { commandHere, terminalHere } from "../support/cli/command-here.ts";
import { binary } from "../support/cli/run-command.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";
import { kernelTable } from "../support/table/kernel-table.ts";

// `guestshare doctor`.

interface Check {
  readonly name: string;
  readonly state: string;
  readonly found: string;
  readonly next?: string;
}

const named = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name);

mountTest("doctor says that files can be shared here, and by what", async (scratch) => {
  const before = kernelTable();
  const { exitCode, stdout } = await commandHere(["doctor", "--json", "--host-dir", scratch.hostDir]);
  const { schemaVersion, canShare, checks } = JSON.parse(stdout);
  assert.deepEqual([exitCode, schemaVersion, canShare], [0, 1, true]);
  assert.match(named(checks, "kernel")?.found ?? "", /^Linux \d+\.\d+/);
  assert.match(
    named(checks, "engine")?.found ?? "",
    ownRuntime === "deno" ? /^Deno's own$/ : /^(?:koffi|ffi-rs)\b/,
  );
  assert.equal(named(checks, "privileges")?.state, "ok");
  const [root] = before.filter(({ target }) => target === "/");
  const isShared = (root?.peerGroup ?? 0) > 0;
  assert.equal(named(checks, "propagation of /")?.found.includes("shared"), isShared);
  assert.ok(named(checks, "host directory")?.found.startsWith(`${scratch.hostDir}, `));
  for (const name of ["virtiofsd", "QEMU", "KVM"]) assert.notEqual(named(checks, name)?.state, "bad");
  const { accelerator } = findAccelerator();
  assert.equal(named(checks, "KVM")?.state, accelerator === "kvm" ? "ok" : "note");
  assert.deepEqual(kernelTable(), before);
});

mountTest(
  "doctor says in a terminal what to do where files cannot be shared, and ends with 1",
  async (scratch) => {
    const hostDir = `${scratch.file("file")}/sandboxes`;
    const words = ["doctor", "--host-dir", hostDir];
    const { exitCode, stdout } = await terminalHere(words, { env: { NO_COLOR: "1" } });
    assert.equal(exitCode, 1);
    assert.match(stdout, /✓ kernel .*\n/);
    assert.match(
      stdout,
      /✗ host directory +\S+\/file is no directory\n +→ remove it, or choose another one by --host-dir\n/,
    );
    assert.match(stdout, /This machine cannot share files\.\n$/);
    assert.ok((await terminalHere(words)).stdout.includes("\x1b[31m✗\x1b[39m host directory"));
    assert.ok(!(await commandHere(words)).stdout.includes("\x1b"));
  },
);

mountTest("doctor tells a user who may not mount how he may", (scratch) => {
  const command = ["--bounding-set=-sys_admin", "--inh-caps=-sys_admin", ...binary];
  const words = ["doctor", "--json", "--host-dir", scratch.hostDir];
  const { status, stdout } = spawnSync("setpriv", [...command, ...words], { encoding: "utf8" });
  const { canShare, checks } = JSON.parse(stdout);
  assert.deepEqual([status, canShare], [1, false]);
  const check = named(checks, "privileges");
  assert.deepEqual([check?.state, check?.found], ["bad", "this user may not mount"]);
  assert.match(check?.next ?? "", /unshare -rm/);
});

mountTest(
  "doctor names the programs that it finds, and what to do about those that are missing",
  async (scratch) => {
    const program = scratch.file("bin/virtiofsd", "#!/bin/sh\necho virtiofsd 1.13.2\n", 0o755);
    const words = ["doctor", "--json", "--host-dir", scratch.hostDir];
    const { checks } = JSON.parse(
      (await commandHere(words, { env: { PATH: `${scratch.path}/bin` } })).stdout,
    );
    assert.equal(named(checks, "virtiofsd")?.found, `${program}, 1.13.2`);
    const qemu = named(checks, "QEMU");
    assert.deepEqual([qemu?.state, qemu?.next?.startsWith("install it")], ["note", true]);
  },
);
