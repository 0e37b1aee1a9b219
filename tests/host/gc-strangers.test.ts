import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { type GcResult, gc } from "../../ffi/mod.ts";
import { mountTmpfs, unmount } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { stateOf, treeOf } from "../support/state.ts";

const collected = ({ hostDir }: Scratch): Promise<readonly GcResult[]> =>
  gc({ hostDir, graceMs: 0, libc, living: [], remove: true });

mountTest("a stranger's mount on a name is no sandbox, and keeps what is in it", async (scratch) => {
  await scratch.share({ id: "s1" }).prepare();
  const directory = scratch.directory("sandboxes/s2");
  mountTmpfs(directory);
  for (const name of ["private/a/b", "rw"]) mkdirSync(`${directory}/${name}`, { recursive: true });
  writeFileSync(`${directory}/private/a/empty`, "");
  const before = treeOf(directory);
  const results = await collected(scratch);
  assert.deepEqual(
    results.map(({ id, isRemoved }) => [id, isRemoved]),
    [["s1", true]],
  );
  assert.deepEqual(treeOf(directory), before);
  unmount(directory);
});

mountTest("a directory with a file of somebody's keeps its empty files, too", async (scratch) => {
  scratch.file("sandboxes/s1/private/x/.keep", "");
  scratch.file("sandboxes/s1/private/data", "data");
  const before = stateOf(scratch.hostDir);
  const [result] = await collected(scratch);
  assert.deepEqual([result?.state, result?.isRemoved], ["dead", false]);
  assert.ok(result?.error instanceof AggregateError);
  assert.match(String(result.error.errors), /ENOTEMPTY/);
  assert.deepEqual(stateOf(scratch.hostDir), before);
});
