import assert from "node:assert/strict";
import type { FilesystemShare } from "../../ffi/mod.ts";
import { StepError } from "../../ffi/mod.ts";
import { counting, type Faulty, failing, faulty } from "../support/faults/wrapped-libc.ts";
import { libc } from "../support/runtimes.ts";
import { callsOf } from "../support/sample.ts";
import { container, type FullSandbox, fill, fullSandbox, withBindMounts } from "../support/sandbox/full.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf, stateOf } from "../support/state.ts";

type Perform = (share: FilesystemShare, full: FullSandbox) => Promise<unknown>;

const errnos = { EPERM: 1, EIO: 5, ENOMEM: 12, EINVAL: 22, EMFILE: 24, ENOSPC: 28, ENOSYS: 38 };

const onPrepared: readonly [name: string, perform: Perform][] = [
  ["sharing a file", (share, { file }) => share.shareFile(container, file, { random })],
  ["sharing a tree of mounts", (share, { tree }) => share.shareFile(container, tree, { random })],
  [
    "sharing a writable directory",
    (share, { tree: { source = "" } }) =>
      share.shareFile(container, { source, destination: "/w" }, { random }),
  ],
  ["sharing a root filesystem", (share, { root }) => share.shareRootFilesystem(root)],
  ["sharing the directories of a disk", (share, { disk }) => share.shareRootFilesystem(disk)],
];

/**
 * Makes each call of an operation fail in turn. Where the operation has another way, its result has to be that of a good
 * run; else all has to be as before it.
 */
async function sweep(scratch: Scratch, perform: Perform, undo: () => Promise<unknown>): Promise<void> {
  const full = fullSandbox(scratch);
  const bound = withBindMounts(scratch);
  const counted = counting(libc);
  await perform(scratch.share(bound, { libc: counted }), full);
  const good = shapeOf(scratch.hostDir);
  await undo();
  let failures = 0;
  for (const [first, [code, errno]] of Object.entries(errnos).entries()) {
    for (const at of callsOf(failing(counted.log), 8, first)) {
      const broken = faulty(libc, { at, errno });
      const before = stateOf(scratch.hostDir);
      const error = await perform(scratch.share(bound, { libc: broken }), full).then(
        () => undefined,
        (e) => e,
      );
      const what = `${code} from call ${at}, ${broken.failed()}: ${error?.message}`;
      if (!error) {
        assert.deepEqual(shapeOf(scratch.hostDir), good, what);
        await undo();
        if (!broken.failed()) break;
      } else {
        failures += 1;
        assert.ok(error instanceof StepError, what);
        assert.equal(error.errno, errno, what);
        assert.equal(error.code, code, what);
        assert.deepEqual(error.undo, [], what);
        assert.ok(error.message.startsWith("Cannot "), what);
      }
      assert.deepEqual(stateOf(scratch.hostDir), before, what);
    }
  }
  assert.ok(failures > 20, `only ${failures} failures`);
}

mountTest("each call of prepare that fails leaves nothing", async (scratch) => {
  await sweep(
    scratch,
    (share) => share.prepare(),
    () => scratch.share().cleanup(),
  );
});

mountTest(
  "each call of a second prepare that fails leaves the first one's work and shares",
  async (scratch) => {
    const full = fullSandbox(scratch);
    await fill(scratch, full);
    await sweep(
      scratch,
      (share) => share.prepare(),
      async () => {},
    );
  },
);

for (const [name, perform] of onPrepared) {
  mountTest(`each call of ${name} that fails leaves nothing of it`, async (scratch) => {
    await scratch.share(withBindMounts(scratch)).prepare();
    await sweep(scratch, perform, async () => {
      const share = scratch.share();
      for (const destination of ["file", "tree", "w"]) {
        const hostPath = scratch.hub(`c1-${random}-${destination}`);
        await share.unshareFile(container, { destination, hostPath });
      }
      await share.unshareRootFilesystem({ id: "c1" });
      await share.unshareRootFilesystem({ id: "c2" });
    });
  });
  mountTest(`each call of ${name} again that fails leaves it as it is`, async (scratch) => {
    const full = fullSandbox(scratch);
    const share = await fill(scratch, full);
    await perform(share, full);
    await sweep(scratch, perform, async () => {});
  });
}

// Fails the call `at`, and the one that comes `undoing` calls later.
function twiceFaulty(at: number, undoing: number): Faulty {
  const first = faulty(libc, { at, errno: errnos.ENOSPC });
  const then = faulty(first, { at: at + undoing, errno: 16 });
  return { ...then, failed: first.failed };
}

mountTest("what undoing could not do is in the error, and cleanup does it", async (scratch) => {
  const bound = withBindMounts(scratch);
  let reported = 0;
  // Sampled: every other call of what follows the failed one.
  for (let at = 1, isHit = true; isHit; at++) {
    for (let undoing = 1; undoing <= 9; undoing += 2) {
      const broken = twiceFaulty(at, undoing);
      const share = scratch.share(bound, { libc: broken });
      const error = await share.prepare().then(
        () => undefined,
        (e) => e,
      );
      isHit = broken.failed() !== undefined;
      // A look at the sources before the lock leaves what fails to the step that opens them again.
      const isLook = error === undefined && broken.failed() === "openat2";
      if (isHit && !isLook) assert.ok(error instanceof StepError);
      if (error?.undo.length > 0) {
        reported += 1;
        assert.match(error.message, /; left behind: Cannot /);
      }
      // An empty directory of the sandbox's, which the next prepare takes, is not told of.
      const isLeft = shapeOf(scratch.hostDir).length > 2;
      if (isLeft && error?.code === "ENOSPC") assert.ok(error.undo.length > 0, error.message);
      await scratch.share().cleanup();
      assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"], error?.message);
    }
  }
  assert.ok(reported > 50, `only ${reported} reports`);
});
