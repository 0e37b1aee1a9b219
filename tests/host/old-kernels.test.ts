import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import type { CallName, Libc } from "../../ffi/mod.ts";
import { counting, lacking, withoutUniqueIds } from "../support/faults/wrapped-libc.ts";
import { refused } from "../support/refused.ts";
import { libc } from "../support/runtimes.ts";
import { container, fill, fullSandbox } from "../support/sandbox/full.ts";
import { mountTest, random } from "../support/scratch.ts";
import { shapeOf, stateOf } from "../support/state.ts";

const ENOSYS = 38;
const EPERM = 1;

// What is missing, and how; all of these have another way to the same result.
const kernels: readonly [name: string, libc: Libc][] = [
  ["without open_tree_attr (before 6.15)", lacking(libc, { open_tree_attr: ENOSYS })],
  ["whose filter forbids open_tree_attr", lacking(libc, { open_tree_attr: EPERM })],
  ["whose filter hides statmount", lacking(libc, { statmount: ENOSYS })],
  ["whose filter forbids statmount", lacking(libc, { statmount: EPERM })],
  ["whose filter hides listmount", lacking(libc, { listmount: ENOSYS })],
  ["whose filter forbids listmount", lacking(libc, { listmount: EPERM })],
  ["whose filter forbids both", lacking(libc, { statmount: EPERM, open_tree_attr: EPERM })],
  ["before 6.8", withoutUniqueIds(lacking(libc, { statmount: ENOSYS, open_tree_attr: ENOSYS }))],
  ["with statmount but reused ids", withoutUniqueIds(libc)],
];

for (const [name, old] of kernels) {
  mountTest(`on a kernel ${name} all is as on a new one`, async (scratch) => {
    const full = fullSandbox(scratch);
    await fill(scratch, full);
    const good = shapeOf(scratch.hostDir);
    await scratch.share().cleanup();

    const share = await fill(scratch, full, { libc: old });
    assert.deepEqual(shapeOf(scratch.hostDir), good);
    const before = stateOf(scratch.hostDir);
    await fill(scratch, full, { libc: old }); // all of it again
    await fill(scratch, full); // and by the new kernel's ways
    assert.deepEqual(stateOf(scratch.hostDir), before);
    for (const path of [scratch.view(`c1-${random}-file`), scratch.view(`c1-${random}-tree/below/deep`)]) {
      assert.throws(() => writeFileSync(path, "x"), { code: "EROFS" });
    }
    for (const source of [
      "/proc",
      "/sys",
      "/dev/null",
      scratch.inSandbox(),
      scratch.hub(""),
      scratch.view("c1"),
    ]) {
      const error = await refused(scratch, () => share.shareFile(container, { source, destination: "/x" }));
      assert.equal(error.code, "EINVAL");
    }
    await share.unshareFile(container, full.tree);
    await share.unshareRootFilesystem(full.root);
    await share.cleanup({ revoke: true });
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
    assert.equal(readFileSync(`${scratch.path}/tree/below/deep`, "utf8"), "tree/below/deep");
  });
}

const needed: readonly CallName[] = [
  "open_tree",
  "mount_setattr",
  "move_mount",
  "fsopen",
  "fsconfig",
  "fsmount",
];
for (const call of needed) {
  mountTest(`without ${call} preparing is refused, with the version that is needed`, async (scratch) => {
    const old = lacking(libc, { [call]: ENOSYS, open_tree_attr: ENOSYS, statmount: ENOSYS });
    const error = await refused(scratch, () => scratch.share({}, { libc: old }).prepare());
    assert.deepEqual([error.call, error.code], [call, "ENOSYS"]);
    assert.match(error.message, /Linux 5\.12 is needed/);
  });
}

for (const call of ["open_tree", "mount_setattr", "move_mount"] as const) {
  mountTest(`without ${call} nothing is shared, and never writable instead of read-only`, async (scratch) => {
    await scratch.share().prepare();
    const old = counting(lacking(libc, { [call]: ENOSYS, open_tree_attr: ENOSYS }));
    const share = scratch.share({}, { libc: old });
    const mount = { source: scratch.file("f"), destination: "/x", readOnly: true };
    const error = await refused(scratch, () => share.shareFile(container, mount));
    assert.match(error.message, /Linux 5\.12 is needed/);
    if (call !== "move_mount") assert.equal(old.log.includes("move_mount"), false);
  });
}
