import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { findmntColumns, readFindmnt, tableLines } from "../../table/mod.ts";
import { diceOf } from "../campaign/dice.ts";
import { mount, mountTmpfs } from "../support/mounts.ts";
import { findTool } from "../support/runner/tools.ts";
import { rounds } from "../support/sample.ts";
import { mountTest } from "../support/scratch.ts";
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
