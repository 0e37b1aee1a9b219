import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { StepError } from "../../ffi/mod.ts";
import { faulty } from "../support/faults/wrapped-libc.ts";
import { mounts, mountsBelow } from "../support/mounts.ts";
import type { Call } from "../support/programs/obey.ts";
import { libc } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest } from "../support/scratch.ts";
import { descriptors, shapeOf } from "../support/state.ts";

const container = { id: "c1" };

mountTest(
  "very many shares, every seventh of which fails, leave no descriptor and no mount",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const sources = [scratch.file("f"), scratch.directory("d")] as const;
    const before = { descriptors: descriptors(), mounts: mounts().length, shape: shapeOf(scratch.hostDir) };
    for (let i = 0; i < rounds(2000, 500); i++) {
      const mount = { source: sources[i % 2] as string, destination: "/x", readOnly: i % 3 === 0 };
      if (i % 7 === 0) {
        const broken = scratch.share({}, { libc: faulty(libc, { at: 4 + (i % 17), errno: 12 }) });
        await broken.shareFile(container, mount).then(
          (shared) => share.unshareFile(container, { ...mount, hostPath: shared?.hostPath as string }),
          (error) => assert.ok(error instanceof StepError),
        );
        continue;
      }
      const shared = await share.shareFile(container, mount);
      await share.unshareFile(container, { ...mount, hostPath: shared?.hostPath as string });
    }
    const after = { descriptors: descriptors(), mounts: mounts().length, shape: shapeOf(scratch.hostDir) };
    assert.deepEqual(after, before);
  },
);

mountTest(
  "very many sandboxes, prepared and cleaned up, leave no descriptor and no mount",
  async (scratch) => {
    await scratch.share({ id: "s" }).prepare();
    await scratch.share({ id: "s" }).cleanup();
    const before = [descriptors(), mounts().length];
    for (let i = 0; i < rounds(500, 100); i++) {
      const share = scratch.share({ id: `s${i}`, sandboxBindMounts: [scratch.file("hosts")] });
      await share.prepare();
      await share.cleanup();
    }
    assert.deepEqual([descriptors(), mounts().length], before);
    assert.deepEqual(readdirSync(scratch.hostDir), []);
  },
);

// The runtimes open some files themselves: from too few for the first step to enough for all.
for (const limit of [40, 50, 64]) {
  mountTest(`with at most ${limit} open files 100 shares work, or the error says EMFILE`, async (scratch) => {
    const mount = { source: scratch.file("f"), destination: "/x", readOnly: true };
    const calls: Call[] = [
      ["prepare"],
      ...Array.from({ length: 100 }, (): Call => ["shareFile", container, mount]),
    ];
    const worker = await Worker.start();
    // Not sooner: the runtimes open many files at once to load a program.
    execFileSync("prlimit", ["--pid", `${worker.pid}`, `--nofile=${limit}:${limit}`]);
    const outcomes = await worker.obey({ sandbox: scratch.sandbox(), calls });
    await worker.end();
    for (const { end, code, message } of outcomes) {
      if (end !== "ok")
        assert.match(`${code} ${message}`, /^EMFILE .*EMFILE \(this process has too many open files\)/);
    }
    const shared = outcomes.slice(1).filter(({ end }) => end === "ok").length;
    if (shared > 0) assert.equal(mountsBelow(scratch.hostDir).length, 3 + 2 * shared);
    await scratch.share().cleanup();
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
  });
}
