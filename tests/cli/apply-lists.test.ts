import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { commandHere } from "../support/cli/command-here.ts";
import { bundleOf, inSandbox } from "../support/cli/in-sandbox.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// `guestshare apply` of lists of requests, and beside what was there before: all of it, or nothing.

function listOf(scratch: Scratch, last: object): string {
  const { hostDir } = scratch;
  const [s1, s2] = [
    { id: "s1", hostDir },
    { id: "s2", hostDir },
  ];
  const mount = { source: scratch.file("a"), destination: "/a" };
  const list = [
    { op: "prepare", sandbox: s1 },
    { op: "shareFile", sandbox: s1, container: { id: "c1" }, mount },
    { op: "prepare", sandbox: s2 },
    { op: "shareFile", sandbox: s2, container: { id: "c1" }, mount: { ...mount, ...last } },
  ];
  return scratch.file("list.json", JSON.stringify(list));
}

mountTest("a list that fails leaves nothing in any of its sandboxes", async (scratch) => {
  const list = listOf(scratch, { source: `${scratch.path}/missing` });
  const { exitCode, stderr } = await commandHere(["apply", list]);
  assert.match(stderr, /nothing is left behind/);
  assert.deepEqual([exitCode, readdirSync(scratch.hostDir)], [1, []]);
});

mountTest(
  "what was shared in a sandbox that was there is taken back beside a sandbox that is new",
  async (scratch) => {
    assert.equal((await inSandbox(scratch, ["apply"])).exitCode, 0);
    assert.equal(
      (await commandHere(["apply", listOf(scratch, { source: `${scratch.path}/missing` })])).exitCode,
      1,
    );
    assert.deepEqual([readdirSync(scratch.hostDir), readdirSync(scratch.inSandbox("mounts"))], [["s1"], []]);
  },
);

mountTest("each sandbox of a list has its command that takes it back", async (scratch) => {
  const { undo } = JSON.parse((await commandHere(["apply", "--json", listOf(scratch, {})])).stdout);
  for (const words of undo) assert.equal((await commandHere(words.slice(1))).exitCode, 0, words.join(" "));
  assert.deepEqual([undo.length, readdirSync(scratch.hostDir)], [2, []]);
});

mountTest("a container's single shares from before are not taken back with its bundle", async (scratch) => {
  const file = scratch.file("single");
  assert.equal(
    (await inSandbox(scratch, ["apply", "--container", "c1", "-v", `${file}:/single`])).exitCode,
    0,
  );
  const again = await inSandbox(scratch, ["apply", "--json", bundleOf(scratch)]);
  assert.deepEqual([again.exitCode, JSON.parse(again.stdout).undo], [0, []]);
});
