import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import type { Step } from "../../mod.ts";
import { commandHere } from "../support/cli/command-here.ts";
import { bundleOf, inSandbox } from "../support/cli/in-sandbox.ts";
import { runProgram } from "../support/cli/run-command.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// `guestshare plan -o`, and then `guestshare apply`: exactly that, or refused because a fact changed.

interface Written {
  readonly operations: readonly { readonly plan: { readonly steps: readonly Step[] } }[];
}

mountTest("a plan that was written is applied exactly: with its names", async (scratch) => {
  const file = `${scratch.path}/plan.json`;
  await inSandbox(scratch, ["plan", "-o", file, bundleOf(scratch)]);
  const { operations }: Written = JSON.parse(readFileSync(file, "utf8"));
  const { exitCode, stderr } = await commandHere(["apply", file]);
  assert.equal(exitCode, 0, stderr);
  const steps = operations.flatMap(({ plan }) => plan.steps);
  const targets = steps.flatMap((step) => (step.op === "bind" ? [step.target] : []));
  assert.equal(targets.length, 2);
  const mounted = mountsBelow(scratch.hostDir).map(({ point }) => point);
  for (const target of targets) assert.ok(mounted.includes(target), target);
});

async function succeeds(scratch: Scratch, words: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await inSandbox(scratch, words);
  assert.equal(exitCode, 0, stderr);
}

const changes: readonly (readonly [
  what: string,
  change: (scratch: Scratch) => void | Promise<void>,
  said: RegExp,
])[] = [
  [
    "a source became a file",
    (scratch) => {
      rmSync(`${scratch.path}/data`, { recursive: true });
      scratch.file("data");
    },
    /container\.mounts\[1\]\.facts\.kind of ".*\/data" on "\/data" was "directory", and is "file"/,
  ],
  [
    "a source is another directory with the same name",
    (scratch) => {
      rmSync(`${scratch.path}/data`, { recursive: true });
      scratch.directory("other");
      scratch.directory("data");
    },
    /container\.mounts\[1\]\.facts\.identity of ".*\/data" on "\/data" was "\S+", and is "\S+"/,
  ],
  [
    "the sandbox was prepared",
    (scratch) => succeeds(scratch, ["apply"]),
    /plan of prepare: changes\[0\] was "add", and is "unchanged"/,
  ],
];

for (const [what, change, said] of changes) {
  mountTest(
    `a plan that was written is refused, and the fact is named, after this: ${what}`,
    async (scratch) => {
      const file = `${scratch.path}/plan.json`;
      await succeeds(scratch, ["plan", "-o", file, bundleOf(scratch)]);
      await change(scratch);
      const before = mountsBelow(scratch.path);
      const { exitCode, stdout, stderr } = await commandHere(["apply", file]);
      assert.deepEqual([exitCode, stdout], [1, ""]);
      assert.match(stderr, said);
      assert.deepEqual(mountsBelow(scratch.path), before);
    },
  );
}

mountTest("a file that was there before is its owner's alone with a plan in it", async (scratch) => {
  const file = scratch.file("my plan.json");
  const { stderr } = await inSandbox(scratch, ["plan", "-o", file]);
  assert.match(stderr, /by: guestshare apply '.*my plan\.json'\n$/);
  assert.equal(runProgram(["stat", "-c", "%a", file]).stdout, "600\n");
});
