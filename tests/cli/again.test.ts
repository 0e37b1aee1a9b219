import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { commandHere } from "../support/cli/command-here.ts";
import { bundleOf, comparable, inSandbox } from "../support/cli/in-sandbox.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest } from "../support/scratch.ts";

// What is done already, or can be done no more.

mountTest(
  "apply says that there is nothing to do where all is shared, and still where the guest finds it",
  async (scratch) => {
    const bundle = bundleOf(scratch);
    const first = await inSandbox(scratch, ["apply", bundle]);
    const again = await inSandbox(scratch, ["apply", bundle]);
    assert.deepEqual([again.exitCode, again.stderr], [0, "Nothing to do: everything is shared already.\n"]);
    assert.equal(again.stdout, first.stdout.replace("Prepared", "Found").replace("(bind)", "(same-source)"));
    const more = await inSandbox(scratch, ["apply", "--quiet", bundle]);
    assert.equal(more.stderr, "");
  },
);

mountTest(
  "a plan that was applied says so a second time, with a sandbox of its own and in one that was there",
  async (scratch) => {
    const file = `${scratch.path}/plan.json`;
    const bundle = bundleOf(scratch);
    for (const words of [
      ["plan", "-o", file, bundle],
      ["plan", "-o", file, "-v", `${scratch.file("x")}:/x`],
    ]) {
      assert.equal((await inSandbox(scratch, words)).exitCode, 0);
      assert.equal((await commandHere(["apply", file])).exitCode, 0);
      const before = mountsBelow(scratch.path);
      const { exitCode, stdout, stderr } = await commandHere(["apply", file]);
      assert.deepEqual([exitCode, stdout], [1, ""]);
      assert.match(
        stderr,
        /^guestshare: Cannot apply the plan: it was applied already\n {2}why: .*\n {2}next: .*`guestshare plan -o`\n$/,
      );
      assert.deepEqual(mountsBelow(scratch.path), before);
    }
  },
);

mountTest("a plan whose source was deleted is refused by that fact, and names the mount", async (scratch) => {
  const file = `${scratch.path}/plan.json`;
  assert.equal((await inSandbox(scratch, ["plan", "-o", file, bundleOf(scratch)])).exitCode, 0);
  rmSync(`${scratch.path}/data`, { recursive: true });
  const { exitCode, stderr } = await commandHere(["apply", file]);
  assert.equal(exitCode, 1);
  assert.equal(
    comparable(stderr, scratch),
    [
      'guestshare: Cannot apply the plan of shareContainer: the source "$DIR/data" of "/data" was there, and is not: ENOENT',
      "  why:  the plan was made for something else than what is there now; nothing was done",
      "  next: look at what changed, and make a new plan by `guestshare plan -o`",
      "",
    ].join("\n"),
  );
  scratch.directory("other");
  scratch.directory("data");
  const changed = await commandHere(["apply", file]);
  assert.match(changed.stderr, /mounts\[1\]\.facts\.identity of "\S+\/data" on "\/data" was "/);
});

mountTest("unshare and remove say that other containers still use a share", async (scratch) => {
  const file = scratch.file("data");
  assert.equal((await inSandbox(scratch, ["apply"])).exitCode, 0);
  for (const container of ["c1", "c2", "c3"])
    await inSandbox(scratch, ["share", "--container", container, file]);
  const mounts = mountsBelow(scratch.hostDir);
  const unshared = await inSandbox(scratch, ["unshare", file, "--container", "c1"]);
  const said = (id: string) =>
    `Container ${id} uses nothing of it any more; what is mounted stays for other containers of sandbox s1\n`;
  assert.deepEqual([unshared.exitCode, unshared.stdout], [0, said("c1")]);
  assert.equal((await inSandbox(scratch, ["remove", "c2"])).stdout, said("c2"));
  assert.deepEqual(mountsBelow(scratch.hostDir), mounts);
  assert.equal((await inSandbox(scratch, ["remove", "c3"])).stdout, "Removed 1 mount from sandbox s1\n");
});
