import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { mountOn, mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import { fill, fullSandbox } from "../support/sandbox/full.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

// A view that is made when there are shares already, as after somebody has unmounted it.

async function remade(scratch: Scratch): Promise<string[]> {
  const full = fullSandbox(scratch);
  const share = await fill(scratch, full);
  const shape = shapeOf(scratch.hostDir).sort();
  unmount(scratch.view(""));
  assert.deepEqual(readdirSync(scratch.view("")), []);
  await share.prepare();
  return shape;
}

mountTest(
  "a view that is made anew has every share as it was, following the hub on all levels",
  async (scratch) => {
    const shape = await remade(scratch);
    assert.deepEqual(shapeOf(scratch.hostDir).sort(), shape);
    for (const { point, propagation } of mountsBelow(scratch.view("").replace(/\/$/, "")))
      assert.equal(propagation, "master", point);
  },
);

mountTest("what is mounted and unmounted in a view that was made anew stays there", async (scratch) => {
  await remade(scratch);
  const tree = `c1-${random}-tree`;
  const before = mountsBelow(scratch.hub(tree));
  mountTmpfs(scratch.view(`${tree}/below`));
  assert.deepEqual(mountsBelow(scratch.hub(tree)), before);
  unmount(scratch.view(`${tree}/below`));
  unmount(scratch.view(`${tree}/below`));
  assert.deepEqual(mountsBelow(scratch.hub(tree)), before);
  assert.ok(mountOn(scratch.hub(`${tree}/below`)));
});
