import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { type FilesystemShare, type Plan, StepError, SyscallError } from "../../ffi/mod.ts";
import { errnos, sweep } from "../support/faults/sweep.ts";
import { counting, failing } from "../support/faults/wrapped-libc.ts";
import { mount, mountTmpfs, unmount } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { sampleOf } from "../support/sample.ts";
import { container, type FullSandbox, fullSandbox } from "../support/sandbox/full.ts";
import { containerWith, digits } from "../support/sandbox/together.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";
import { type AnyCall, perform } from "../support/table/call.ts";

/** Shares a file, a tree and a volume of several containers; the plans of all that. */
async function share(scratch: Scratch, { file, tree }: FullSandbox): Promise<Plan[]> {
  const sandbox = scratch.share();
  const mounts = [{ source: scratch.file("data"), destination: "/data", options: ["ro"] }];
  const calls: AnyCall[] = [
    ["prepare"],
    ["shareFile", container, file, { random }],
    ["shareFile", container, tree, { random }],
    ["shareContainer", containerWith(scratch, "c3", mounts), { random: [digits(0)] }],
  ];
  const plans: Plan[] = [];
  for (const call of calls) {
    const [operation, ...args] = call;
    plans.push((await sandbox.plan(operation, ...(args as []))).plan);
    await perform(sandbox, call);
  }
  return plans;
}

const damages: readonly (readonly [what: string, damage: (scratch: Scratch) => void])[] = [
  [
    "view and shares",
    (s) => {
      mount("--make-private", s.inSandbox("shared"));
      mount("-o", "remount,bind,rw", s.hub(`c1-${random}-file`));
      unmount(s.hub(`sandbox-${digits(0)}-data`));
      mkdirSync(s.hub("odd"));
      mountTmpfs(s.hub("odd"));
    },
  ],
  ["the hub", (s) => mount("--make-private", s.inSandbox("mounts"))],
  ["the guard, with all that is in it", (s) => unmount(s.inSandbox())],
];

for (const [what, damage] of sampleOf(damages, 3)) {
  mountTest(`a call that fails while ${what} are mended leaves what can be mended`, async (scratch) => {
    const full = fullSandbox(scratch);
    let plans: Plan[] = [];
    let whole: string[] = [];
    await sweep(scratch, ["EIO", "EMFILE"], {
      async begin() {
        plans = await share(scratch, full);
        whole = shapeOf(scratch.hostDir).sort();
        damage(scratch);
      },
      perform: (broken: FilesystemShare) => broken.mend({ plans }),
      async check(error, code) {
        if (error !== undefined) {
          assert.ok(error instanceof StepError || error instanceof SyscallError, String(error));
          assert.equal(error.errno, errnos[code]);
        }
        assert.deepEqual(await scratch.share().mend({ plans }), []);
        const left = shapeOf(scratch.hostDir)
          .filter((line) => !line.includes("/odd"))
          .sort();
        assert.deepEqual(left, whole);
      },
      end: () => scratch.share().cleanup(),
    });
  });
}

mountTest(
  "mending what is whole changes nothing, and needs no call that changes something",
  async (scratch) => {
    const plans = await share(scratch, fullSandbox(scratch));
    const counted = counting(libc);
    assert.deepEqual(await scratch.share({}, { libc: counted }).mend({ plans }), []);
    const changing = ["move_mount", "umount2", "mount_setattr", "mkdirat", "unlinkat", "open_tree_attr"];
    assert.deepEqual(
      failing(counted.log).filter((name) => changing.includes(name)),
      [],
    );
  },
);

mountTest("a sandbox that could not be made again from its plan is not taken down", async (scratch) => {
  const volume = scratch.directory("volume");
  mountTmpfs(volume);
  const sandbox = scratch.share({ sandboxBindMounts: [scratch.file("volume/hosts")] });
  const { plan } = await sandbox.plan("prepare");
  await sandbox.prepare();
  const whole = shapeOf(scratch.hostDir);
  mount("--make-unbindable", volume);
  assert.deepEqual(await sandbox.mend({ plans: [plan] }), []);
  assert.deepEqual(shapeOf(scratch.hostDir), whole);
  await sandbox.cleanup();
  unmount(volume);
});
