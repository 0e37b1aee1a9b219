import assert from "node:assert/strict";
import { type FilesystemShare, StepError } from "../../ffi/mod.ts";
import { rejectionOf } from "../support/faults/sweep.ts";
import {
  counting,
  failing,
  faulty,
  killable,
  lacking,
  withoutUniqueIds,
} from "../support/faults/wrapped-libc.ts";
import { mountsBelow } from "../support/mounts.ts";
import type { Call } from "../support/programs/obey.ts";
import { libc } from "../support/runtimes.ts";
import { callsOf, rounds, sampleOf } from "../support/sample.ts";
import { noChildren } from "../support/sandbox/binding.ts";
import { type KernelBelow, kernelBelow } from "../support/sandbox/kernel-below.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf, stateOf } from "../support/state.ts";

const ENOSYS = 38;
const errnos = { EPERM: 1, EIO: 5, ENOMEM: 12, EMFILE: 24, ENOSPC: 28 };
const container = { id: "c1" };
const name = `c1-${random}-x`;

const old = withoutUniqueIds(lacking(libc, { statmount: ENOSYS, open_tree_attr: ENOSYS }));
const kernels = [
  ["", libc],
  [" before Linux 6.8", old],
] as const;

const mountOf = ({ source }: KernelBelow) => ({ source, destination: "/x", options: ["rbind", "rnosuid"] });

function share(sandbox: FilesystemShare, below: KernelBelow): Promise<unknown> {
  return sandbox.shareFile(container, mountOf(below), { random });
}

function unshare(scratch: Scratch, below: KernelBelow): Promise<void> {
  return scratch.share().unshareFile(container, { ...mountOf(below), hostPath: scratch.hub(name) });
}

for (const [when, way] of kernels) {
  for (const isAgain of [false, true]) {
    const how = isAgain ? " again" : "";
    mountTest(
      `each call that fails of sharing without what is the kernel's${how}${when}`,
      async (scratch) => {
        const below = kernelBelow(scratch);
        const own = mountsBelow(below.source);
        await scratch.share().prepare();
        await share(scratch.share(), below);
        const good = shapeOf(scratch.hostDir);
        if (!isAgain) await unshare(scratch, below);
        const counted = counting(way);
        await share(scratch.share({}, { libc: counted }), below);
        if (!isAgain) await unshare(scratch, below);
        let failures = 0;
        for (const [first, [code, errno]] of Object.entries(errnos).entries()) {
          for (const at of callsOf(failing(counted.log), 14, first)) {
            const broken = faulty(way, { at, errno });
            const before = stateOf(scratch.hostDir);
            const error = await rejectionOf(share(scratch.share({}, { libc: broken }), below));
            const what = `${code} from call ${at}, ${broken.failed()}: ${error}`;
            if (error === undefined) {
              assert.deepEqual(shapeOf(scratch.hostDir), good, what);
              below.assertFreed(scratch.view(name));
              if (!isAgain) await unshare(scratch, below);
            } else {
              failures += 1;
              assert.ok(error instanceof StepError, what);
              assert.deepEqual([error.code, error.undo], [code, []], what);
            }
            assert.deepEqual(stateOf(scratch.hostDir), before, what);
            if (broken.failed() === undefined) break;
          }
        }
        assert.ok(failures > rounds(100, 20), `only ${failures} failures`);
        assert.deepEqual(mountsBelow(below.source), own);
      },
    );
  }
}

// Half of the kills are followed by cleanup alone, the others by the same share before it.
mountTest("killed before each call of sharing without what is the kernel's", async (scratch) => {
  const below = kernelBelow(scratch);
  const own = mountsBelow(below.source);
  const call: Call = ["shareFile", container, mountOf(below), { random }];
  await scratch.share().prepare();
  const killed = killable(libc);
  await share(scratch.share({}, { libc: killed }), below);
  await scratch.share().cleanup();
  const places = sampleOf(killed.places, 3);
  let next = Worker.start();
  let leftBehind = 0;
  for (const [i, { at }] of places.entries()) {
    const worker = await next;
    if (i + 1 < places.length) next = Worker.start(); // starts while this one dies
    await scratch.share().prepare();
    const { signal } = await worker.die({ sandbox: scratch.sandbox(), calls: [call], killAt: at });
    assert.equal(signal, "SIGKILL", `call ${at}`);
    if (mountsBelow(scratch.inSandbox("staging")).length > 0) leftBehind += 1;
    if (i % 2 === 0) {
      await share(scratch.share(), below);
      below.assertFreed(scratch.view(name));
      assert.deepEqual(mountsBelow(scratch.inSandbox("staging")), []);
    }
    await scratch.share().cleanup();
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"], `killed before call ${at}`);
    assert.deepEqual(mountsBelow(below.source), own);
  }
  assert.ok(leftBehind > rounds(2, 0), `only ${leftBehind} kills left something to be removed`);
  await noChildren();
});
