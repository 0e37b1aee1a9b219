// Of the harness itself: what it lacks is said with the package that has it, and nothing passes without it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { env, execPath } from "node:process";
import test from "node:test";
import { packageRoot } from "../support/package-root.ts";
import { findTool } from "../support/runner/tools.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { findTestKernel } from "./support/needs.ts";

const tools: readonly [name: string, inPackage: string][] = [
  ["qemu-system-x86_64", "qemu-system-x86"],
  ["gcc", "gcc"],
  ["busybox", "busybox-static"],
  ["unshare", "util-linux"],
  ["setpriv", "util-linux"],
  ["mount", "mount"],
  ["losetup", "mount"],
  ["mkfs.ext4", "e2fsprogs"],
  ["mkfs.xfs", "xfsprogs"],
  ["mkfs.erofs", "erofs-utils"],
];

/** What is missing, as the tests say it with these variables, which fails: where CI is set, a skipped part is a failure. */
function saidWith(variables: NodeJS.ProcessEnv): string {
  const words = [join(packageRoot, "dist/tests/run.js"), "--all", "guest", "needs"];
  const { status, stdout, stderr } = spawnSync(execPath, words, {
    ...{ encoding: "utf8", env: { ...env, CI: "true", ...variables }, timeout: 60_000 },
  });
  assert.equal(status, 1, stdout + stderr);
  const [, skipped] = /^SKIPPED: (.*)$/m.exec(stdout) ?? [];
  return skipped ?? (stdout + stderr).trim();
}

/** A directory for PATH that has all of these programs; its path. */
function pathWithAll(scratch: Scratch): string {
  const path = scratch.directory("bin");
  for (const [name] of tools) symlinkSync(findTool(name) as string, `${path}/${name}`);
  return path;
}

mountTest("a program that is missing is said, with its package, and nothing is run", (scratch) => {
  const path = pathWithAll(scratch);
  mkdirSync(`${path}/aside`);
  for (const [name, inPackage] of tools) {
    renameSync(`${path}/${name}`, `${path}/aside/${name}`);
    assert.equal(saidWith({ PATH: path }), `${name} not installed (apt-get install ${inPackage})`);
    renameSync(`${path}/aside/${name}`, `${path}/${name}`);
  }
});

mountTest("a program that is there and of no use is said, too", (scratch) => {
  const path = pathWithAll(scratch);
  unlinkSync(`${path}/busybox`);
  symlinkSync(execPath, `${path}/busybox`); // it needs libraries
  unlinkSync(`${path}/gcc`);
  scratch.file("bin/gcc", "#!/bin/sh\necho libc.a\n", 0o755);
  const said = saidWith({ PATH: path });
  assert.match(said, /a C library to link into a program, a busybox that needs no libraries not installed/);
  assert.match(said, /\(apt-get install libc6-dev busybox-static\)$/);
});

test("a virtiofsd that was chosen and is none is said", () => {
  const said = saidWith({ GUESTSHARE_VIRTIOFSD: "/nothing" });
  assert.equal(said, 'GUESTSHARE_VIRTIOFSD is no program: "/nothing"');
});

mountTest("the kernel is the newest that has what a guest takes, of a cloud's if there is one", (scratch) => {
  const filesystems = ["fuse/virtiofs", "overlayfs/overlay", "ext4/ext4", "xfs/xfs", "erofs/erofs"];
  const add = (version: string, modules: readonly string[], builtin: readonly string[] = []) => {
    const lines = (paths: readonly string[], ending: string) =>
      paths.map((path) => `kernel/fs/${path}${ending}\n`).join("");
    scratch.file(`boot/vmlinuz-${version}`);
    scratch.file(`lib/modules/${version}/modules.dep`, lines(modules, ".ko.xz:"));
    scratch.file(`lib/modules/${version}/modules.builtin`, lines(builtin, ".ko"));
  };
  const found = () => findTestKernel(scratch.path)?.modules?.split("/").at(-1);
  assert.equal(found(), undefined);
  scratch.file("boot/vmlinuz-6.9.0-1-amd64"); // its modules were removed
  add("6.8.0-1-amd64", filesystems.slice(1));
  assert.equal(found(), undefined);
  add("6.1.0-9-amd64", filesystems);
  assert.equal(found(), "6.1.0-9-amd64");
  add("6.1.0-10-amd64", filesystems.slice(1), filesystems.slice(0, 1));
  assert.equal(found(), "6.1.0-10-amd64");
  add("5.10.0-1-cloud-amd64", filesystems);
  add("6.0.0-1-cloud-amd64", filesystems.slice(1));
  assert.equal(found(), "5.10.0-1-cloud-amd64");
});
