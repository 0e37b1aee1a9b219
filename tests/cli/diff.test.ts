import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { commandHere, terminalHere } from "../support/cli/command-here.ts";
import { mount, mountTmpfs, unmount } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// `guestshare diff`.

function bundleIn(scratch: Scratch): string[] {
  const bundle = scratch.directory("c1");
  mkdirSync(`${bundle}/rootfs`);
  const source = scratch.file("data");
  const mounts = [{ destination: "/data", type: "bind", source, options: ["rbind", "ro"] }];
  writeFileSync(`${bundle}/config.json`, JSON.stringify({ root: { path: "rootfs" }, mounts }));
  return [bundle, "--id", "s1", "--host-dir", scratch.hostDir];
}

mountTest("diff finds nothing after apply, and before it what apply would mount", async (scratch) => {
  const words = bundleIn(scratch);
  const before = await terminalHere(["diff", ...words, "--exit-code", "--color", "never"]);
  assert.equal(before.exitCode, 2);
  const lines = before.stdout.trimEnd().split("\n");
  assert.equal(lines.pop(), "5 missing, 0 not planned, 0 otherwise.");
  assert.ok(
    lines.every((line) => line.startsWith(`+ ${scratch.inSandbox()}`)),
    before.stdout,
  );
  // A share has the name that a plan may have, and one line for hub and view.
  assert.deepEqual(before.stdout.match(/sandbox-[0-9a-f]{16}-data /g)?.length, 1);
  assert.doesNotMatch(before.stdout, /0000000000000000/);
  assert.equal(JSON.parse((await commandHere(["diff", ...words, "--json"])).stdout).differences.length, 7);
  assert.equal((await commandHere(["apply", ...words])).exitCode, 0);
  const after = await commandHere(["diff", ...words, "--exit-code"]);
  assert.deepEqual(after, { exitCode: 0, stdout: "", stderr: "The mount table is as planned.\n" });
});

mountTest(
  "diff tells a mount that is missing, one that nobody planned, and one that is otherwise",
  async (scratch) => {
    const words = bundleIn(scratch);
    const file = `${scratch.path}/plan.json`;
    assert.equal((await commandHere(["plan", ...words, "-o", file])).exitCode, 0);
    assert.equal((await commandHere(["apply", file])).exitCode, 0);
    unmount(scratch.view("c1/rootfs"));
    mount("-o", "remount,bind,noexec", scratch.hub("c1/rootfs"));
    mkdirSync(scratch.hub("odd"));
    mountTmpfs(scratch.hub("odd"));
    const { stdout, stderr } = await commandHere(["diff", file]);
    assert.match(
      stdout,
      new RegExp(`^~ ${scratch.hub("c1/rootfs")}\n {4}attributes: noexec, planned rw$`, "m"),
    );
    assert.match(stdout, new RegExp(`^- ${scratch.hub("odd")}  `, "m"));
    assert.match(stdout, new RegExp(`^\\+ ${scratch.view("c1/rootfs")}  \\S+/c1/rootfs\\], rw$`, "m"));
    assert.equal(stderr, "1 missing, 1 not planned, 1 otherwise.\n");
    const { schemaVersion, differences } = JSON.parse((await commandHere(["diff", file, "--json"])).stdout);
    assert.deepEqual([schemaVersion, differences.length], [1, 4]);
  },
);

mountTest("diff follows links to where the kernel has the sandboxes and the sources", async (scratch) => {
  const words = bundleIn(scratch);
  symlinkSync(scratch.hostDir, `${scratch.path}/link`);
  const linked = words.map((word) => (word === scratch.hostDir ? `${scratch.path}/link` : word));
  assert.equal((await commandHere(["diff", ...linked, "--exit-code"])).exitCode, 2);
  assert.equal((await commandHere(["apply", ...linked])).exitCode, 0);
  assert.equal((await commandHere(["diff", ...linked, "--exit-code"])).exitCode, 0);
});

mountTest("diff refuses what is neither a bundle nor a plan", async (scratch) => {
  const { exitCode, stderr } = await commandHere(["diff", `${scratch.path}/missing`]);
  assert.equal(exitCode, 64);
  assert.match(stderr, /Cannot read ".*missing": ENOENT\n {2}why: .*\n {2}next: /);
});
