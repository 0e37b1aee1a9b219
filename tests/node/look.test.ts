import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import test from "node:test";
import { MissingIds } from "../../node/monitor/missing-ids.ts";
import { lookInto } from "../../node/places/look.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest } from "../support/scratch.ts";

mountTest(
  "a list that is lost while the dead are removed: what is done is told, and the others stay",
  async (scratch) => {
    for (const id of ["s1", "s2", "s3"]) await scratch.share({ id }).prepare();
    const question = { directories: [scratch.hostDir], remove: true, graceMs: 0 };
    let lost = 0;
    const found = await lookInto(scratch.hostDir, question, async () => {
      if (readdirSync(scratch.hostDir).length === 3) return new Set(["other"]);
      lost += 1;
      return undefined;
    });
    assert.equal(lost, 1, "a list that fails, after half a minute perhaps, is asked for again");
    assert.deepEqual(
      found.map(({ id, state, reason, isRemoved }) => `${id} ${state} ${reason} ${isRemoved}`),
      ["s1 dead not-listed true", "s2 unknown no-list false", "s3 unknown no-list false"],
    );
    assert.deepEqual(readdirSync(scratch.hostDir), ["s2", "s3"]);
    assert.equal(mountsBelow(`${scratch.hostDir}/s2`).length, 3);
  },
);

mountTest("only those are dead by a list that lists were without for long enough", async (scratch) => {
  for (const id of ["s1", "s2"]) await scratch.share({ id }).prepare();
  const question = { directories: [scratch.hostDir], remove: true, graceMs: 0, missing: ["s2"] };
  const found = await lookInto(scratch.hostDir, question, async () => new Set());
  assert.deepEqual(
    found.map(({ id, reason, isRemoved }) => `${id} ${reason} ${isRemoved}`),
    ["s1 young false", "s2 not-listed true"],
  );
});

test("an id is missing from the first list without it on, until a list has it, and not while there is none", () => {
  const missing = new MissingIds(100);
  const states = { listed: "living", open: "living", young: "unknown", "no-list": "unknown" } as const;
  const found = (...reasons: (keyof typeof states)[]) =>
    reasons.map((reason, i) => ({ id: `s${i}`, reason, state: states[reason] }));
  assert.deepEqual(missing.at(0), []);
  missing.take(found("young", "listed"), 0);
  assert.deepEqual(missing.at(99), []);
  missing.take(found("young", "young"), 99);
  assert.deepEqual(missing.at(100), ["s0"]);
  missing.take(found("listed", "young"), 101);
  assert.deepEqual(missing.at(199), ["s1"]);
  missing.take(found("young", "young"), 200);
  assert.deepEqual(missing.at(299), ["s1"]);
  missing.take([], 300);
  assert.deepEqual(missing.at(1000), []);
  // Who has its view open lives, and a look without a list begins nothing, and ends nothing.
  missing.take(found("no-list", "young", "young", "young"), 400);
  missing.take(found("young", "open", "no-list", "young"), 450);
  missing.take(found("young", "young", "young", "young"), 480);
  assert.deepEqual(missing.at(500), ["s2", "s3"]);
  assert.deepEqual(missing.at(550), ["s0", "s2", "s3"]);
  assert.deepEqual(missing.at(580), ["s0", "s1", "s2", "s3"]);
  assert.equal(new MissingIds(0).at(0), undefined);
});
