import assert from "node:assert/strict";
import { type FilesystemShare, PlanError, type StepError } from "../../ffi/mod.ts";
import { counting, failing, faulty } from "../support/faults/wrapped-libc.ts";
import { libc } from "../support/runtimes.ts";
import { callsOf } from "../support/sample.ts";
import { container, type FullSandbox, fill, fullSandbox } from "../support/sandbox/full.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { descriptors, shapeOf } from "../support/state.ts";

type Perform = (share: FilesystemShare, full: FullSandbox) => Promise<unknown>;

const errnos = { EPERM: 1, EBUSY: 16, EINVAL: 22, EMFILE: 24 };

const operations: readonly [name: string, perform: Perform][] = [
  ["cleanup", (share) => share.cleanup()],
  ["cleanup that revokes", (share) => share.cleanup({ revoke: true })],
  ["unshareFile", (share, { file }) => share.unshareFile(container, file)],
  ["unshareFile of a tree of mounts", (share, { tree }) => share.unshareFile(container, tree)],
  ["unshareRootFilesystem", (share, { root }) => share.unshareRootFilesystem(root)],
  ["unshareRootFilesystem of a disk", (share, { disk }) => share.unshareRootFilesystem(disk)],
];

// The path that a step of taking away is about.
const pathOf = ({ step }: StepError) =>
  step.op === "umount" ? step.target : "path" in step ? step.path : "";

/** What is there besides what a good run leaves, by its path in the hub. */
function leftBy(scratch: Scratch, good: readonly string[]): string[] {
  const left = shapeOf(scratch.hostDir).filter((line) => !good.includes(line));
  return left.map((line) => {
    const path = line.startsWith("mount ") ? line.split(" ")[1] : line.slice(1).split(" ")[0];
    return scratch.hostDir + path?.replace("/s1/shared/", "/s1/mounts/");
  });
}

// The lock was not taken, and so nothing was begun.
function isUnbegun({ failures }: PlanError, before: readonly string[], after: readonly string[]): boolean {
  return failures.length === 1 && before.length === after.length;
}

for (const [name, perform] of operations) {
  mountTest(
    `${name} does the rest when a call fails, tells of each failure, and then finishes`,
    async (scratch) => {
      const full = fullSandbox(scratch);
      await fill(scratch, full);
      const counted = counting(libc);
      await perform(scratch.share({}, { libc: counted }), full);
      const good = shapeOf(scratch.hostDir);
      let failures = 0;
      for (const [first, [code, errno]] of Object.entries(errnos).entries()) {
        for (const at of callsOf(failing(counted.log), 6, first)) {
          await fill(scratch, full);
          const before = shapeOf(scratch.hostDir);
          const open = descriptors();
          const broken = faulty(libc, { at, errno });
          const share = scratch.share({}, { libc: broken });
          const error = await perform(share, full).then(
            () => undefined,
            (e) => e,
          );
          const what = `${code} from call ${at}, ${broken.failed()}: ${error?.message}`;
          assert.equal(descriptors(), open, what);
          const left = leftBy(scratch, good);
          if (!error) assert.deepEqual(left, [], what);
          else {
            failures += 1;
            assert.ok(error instanceof PlanError, what);
            assert.ok(
              error.failures.some((failure) => failure.errno === errno),
              what,
            );
            const named = error.failures.map(pathOf);
            const unnamed = left.filter(
              (path) => !named.some((one) => path === one || path.startsWith(`${one}/`)),
            );
            if (!isUnbegun(error, before, shapeOf(scratch.hostDir))) assert.deepEqual(unnamed, [], what);
            await perform(scratch.share(), full);
            assert.deepEqual(shapeOf(scratch.hostDir), good, what);
          }
          if (!broken.failed()) break;
        }
      }
      assert.ok(failures > 10, `only ${failures} failures`);
    },
  );
}

mountTest("nothing of a source is removed when unmounting fails", async (scratch) => {
  const full = fullSandbox(scratch);
  await fill(scratch, full);
  const inSources = shapeOf(`${scratch.path}/tree`);
  const broken = {
    name: "broken",
    call: (...args: Parameters<typeof libc.call>) => (args[0] === "umount2" ? -22 : libc.call(...args)),
  };
  const share = scratch.share({}, { libc: broken });
  for (const revoke of [false, true]) {
    await assert.rejects(share.cleanup({ revoke }), PlanError);
    await assert.rejects(share.unshareFile(container, full.tree), PlanError);
    await assert.rejects(share.unshareRootFilesystem(full.root), PlanError);
  }
  assert.deepEqual(shapeOf(`${scratch.path}/tree`), inSources);
  assert.deepEqual(shapeOf(`${scratch.path}/image`).length, 3);
  await scratch.share().cleanup();
  assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
});
