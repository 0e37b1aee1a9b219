import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { findmntColumns, type PlannedSteps, predict, readFindmnt, tableLines } from "../../table/mod.ts";
import { diceOf } from "../campaign/dice.ts";
import { mount, mountTmpfs, unmount } from "../support/mounts.ts";
import { findTool } from "../support/runner/tools.ts";
import { rounds } from "../support/sample.ts";
import { container } from "../support/sandbox/full.ts";
import { mountTest, random } from "../support/scratch.ts";
import { kernelTable } from "../support/table/kernel-table.ts";
import { playSequence } from "../support/table/sequence.ts";

// A few sequences of `npm run campaign -- --tables`, always the same ones.
mountTest(
  "the kernel's table is as predicted after any operations, and each share is recognised",
  async ({ path }) => {
    for (let round = 0; round < rounds(60, 8); round += 1) {
      const { story, wrong } = await playSequence(`${path}/${round}`, diceOf(3, round));
      assert.deepEqual(wrong, [], `sequence ${round}:\n${story.join("\n")}`);
    }
  },
);

// What follows a sandbox's mounts over several groups, which sequences at random seldom meet.
mountTest(
  "what follows the hub over several groups gets its shares, and loses them, as predicted",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const first = scratch.directory("first");
    const second = scratch.directory("second");
    const third = scratch.directory("third");
    const follow = (source: string, target: string) => {
      mount("--bind", source, target);
      mount("--make-slave", target);
      mount("--make-shared", target);
    };
    follow(scratch.inSandbox("mounts"), first);
    follow(first, second);
    mount("--bind", second, third);
    scratch.directory("data/below");
    const shared = {
      source: `${scratch.path}/data`,
      destination: "/data",
    };
    const call = ["shareFile", container, shared, { random }] as const;
    const { plan } = await share.plan(...call);
    const sharing = predict(kernelTable(), [plan]).mounts;
    await share.shareFile(...(call.slice(1) as [typeof container, typeof shared, { random: string }]));
    assert.deepEqual(tableLines(sharing), tableLines(kernelTable()));
    // One copy has to stay, for something is mounted in it that is nobody's copy.
    const kept = `${third}/c1-${random}-data`;
    mount("--make-private", kept);
    mountTmpfs(`${kept}/below`);
    const end: PlannedSteps = {
      directory: scratch.inSandbox(),
      steps: [{ op: "umount", target: scratch.hub(`c1-${random}-data`), undo: [] }],
    };
    const ended = predict(kernelTable(), [end]).mounts;
    unmount(scratch.hub(`c1-${random}-data`));
    assert.deepEqual(tableLines(ended), tableLines(kernelTable()));
    assert.ok(kernelTable().some(({ target }) => target === kept));
    for (const path of [`${kept}/below`, kept, third, second, first]) unmount(path);
  },
);

mountTest("who followed a view that goes follows the hub, as predicted", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const view = scratch.inSandbox("shared");
  mount("--make-shared", view);
  const outside = scratch.directory("outside");
  mount("--bind", view, outside);
  mount("--make-slave", outside);
  const end: PlannedSteps = {
    directory: scratch.inSandbox(),
    steps: [{ op: "umount", target: view, undo: [] }],
  };
  const predicted = predict(kernelTable(), [end]).mounts;
  unmount(view);
  assert.deepEqual(tableLines(predicted), tableLines(kernelTable()));
  const hub = kernelTable().find(({ target }) => target === scratch.inSandbox("mounts"));
  assert.equal(kernelTable().find(({ target }) => target === outside)?.master, hub?.peerGroup);
  unmount(outside);
});

mountTest(
  "findmnt shows the table that mountinfo has",
  (scratch) => {
    const odd = scratch.directory("a b\tc\\d#e");
    mountTmpfs(odd, "mode=0700,ro,nosuid,noatime");
    mount("--make-shared", odd);
    mount("--bind", odd, scratch.directory("slave"));
    mount("--make-slave", `${scratch.path}/slave`);
    mount("--bind", scratch.file("below/file"), scratch.file("bound"));
    mount("--make-unbindable", `${scratch.path}/bound`);
    const printed = execFileSync("findmnt", ["--json", "--output", findmntColumns], { encoding: "utf8" });
    const { mounts, refused } = readFindmnt(printed);
    assert.deepEqual(refused, []);
    assert.deepEqual(tableLines(mounts), tableLines(kernelTable()));
  },
  { skip: findTool("findmnt") ? false : "findmnt is not installed" },
);
