import assert from "node:assert/strict";
import { test } from "node:test";
import { commit, make, mistakes, refusalAt } from "../support/cli/mistakes.ts";
import { mountsBelow } from "../support/mounts.ts";
import { sampleOf } from "../support/sample.ts";
import { mountTest } from "../support/scratch.ts";

// What people do wrong: each mistake is answered by what failed and where, why, and what to do next. Nothing is changed by it.

test("there are fifty typical mistakes and more, each with another name", () => {
  const names = mistakes().map(({ name }) => name);
  assert.ok(names.length >= 50, `${names.length} mistakes`);
  assert.equal(new Set(names).size, names.length);
});

// The short run makes some of them by a process, and the others in this one.
const all = mistakes();
const apart = sampleOf(all, 20);

for (const mistake of all) {
  mountTest(`${mistake.name}: it is said what failed, why, and what to do next`, async (scratch) => {
    await make(scratch, mistake);
    const before = mountsBelow(scratch.path);
    const { exitCode, what, why, next } = mistake;
    const said = await commit(scratch, mistake, {
      ...{ more: ["--quiet"], isApart: apart.includes(mistake) },
    });
    const [stderr = "", link] = said.stderr.split("  link: ");
    assert.equal(stderr, `guestshare: ${what}\n  why:  ${why}\n  next: ${next}\n`);
    assert.deepEqual([said.exitCode, said.stdout], [exitCode, ""]);
    assert.equal(link && (await refusalAt(link)), mistake.marked);
    assert.deepEqual(mountsBelow(scratch.path), before);
  });
}

for (const mistake of all.filter(
  ({ name, marked }, at) => (marked || at % 20 === 0) && name !== "no command",
)) {
  mountTest(`${mistake.name}: with --json, the same is data`, async (scratch) => {
    await make(scratch, mistake);
    const { stdout, stderr } = await commit(scratch, mistake, {
      ...{ more: ["--quiet", "--json"], isApart: apart.includes(mistake) },
    });
    const { schemaVersion, error } = JSON.parse(stdout);
    const { exitCode, what, why, next } = mistake;
    const { code: _, link, ...said } = error;
    assert.deepEqual([schemaVersion, said, stderr], [1, { what, why, next, exitCode }, ""]);
    assert.equal(link && (await refusalAt(link)), mistake.marked);
  });
}
