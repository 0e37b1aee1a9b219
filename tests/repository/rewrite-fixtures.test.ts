import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Core, load, type Plan } from "../../mod.ts";
import { fixtureDirectory, fixtureFiles } from "../support/fixtures/fixtures.ts";
import { rewriteRows } from "../support/fixtures/rewrite.ts";
import type { Row } from "../support/fixtures/rows.ts";

// The program of `npm run fixtures`, with cores that answer something else than ours.

const core = await load();
const committed = (file: string) => readFileSync(join(fixtureDirectory, file), "utf8");

test("rows that expect what the core answers stay as they are, in every file", () => {
  for (const file of fixtureFiles) {
    const text = committed(file);
    assert.deepEqual(rewriteRows(core, file, text, false), { text, changed: [], flips: [] });
  }
});

test("one step more is one step more in the file, and taken away again leaves the file as it was", () => {
  for (const file of ["prepare.json", "cleanup.json", "share-file.json"]) {
    const text = committed(file);
    const more = rewriteRows(answering(addStep), file, text, false);
    const plans = rowsIn(text).filter(({ plan }) => plan?.steps.length);
    assert.deepEqual(
      more.changed,
      plans.map(({ name }) => name),
    );
    assert.deepEqual(linesMissing(text, more.text), []);
    assert.deepEqual(
      rowsIn(more.text).map(({ plan }) => plan?.steps[0]?.op),
      rowsIn(text).map(({ plan }) => (plan?.steps.length ? "mkdir" : undefined)),
    );
    assertSame(rewriteRows(core, file, more.text, false).text, text);
  }
});

test("other words in steps keep the layout of the rows", () => {
  const renaming = answering((json) => json.replaceAll("/mounts", "/hub1234"));
  for (const file of ["options.json", "volumes.json", "one-mount.json"]) {
    const text = committed(file);
    const renamed = rewriteRows(renaming, file, text, false);
    assert.ok(renamed.changed.length > 0);
    assert.equal(renamed.text.split("\n").length, text.split("\n").length);
    assertSame(rewriteRows(core, file, renamed.text, false).text, text);
  }
});

test("a plan that has become a refusal, or the reverse, is told, and left unless that is wanted", () => {
  const text = committed("refusals.json");
  const flipping = answering(() => '{"code":"bad-id","subject":"s1","path":"sandbox.id"}');
  const { changed, flips } = rewriteRows(flipping, "prepare.json", committed("prepare.json"), false);
  assert.deepEqual(changed, []);
  assert.match(flips[0] ?? "", /^a sandbox gets its .*: it has become a refusal, \{"code":"bad-id"/);

  const planning = answering(() => '{"directory":"/s1","steps":[]}', { refused: true });
  const left = rewriteRows(planning, "refusals.json", text, false);
  assertSame(left.text, text);
  const refused = rowsIn(text).filter(({ refusal }) => refusal !== undefined);
  assert.equal(left.flips.length, refused.length);
  const rewritten = rewriteRows(planning, "refusals.json", text, true);
  assert.equal(rewritten.flips.length, refused.length);
  assert.deepEqual(
    rowsIn(rewritten.text).filter(({ refusal }) => refusal !== undefined),
    [],
  );
});

// Of long texts, the lines that differ.
function assertSame(text: string, expected: string): void {
  assert.deepEqual([linesMissing(text, expected), linesMissing(expected, text)], [[], []]);
  assert.ok(text === expected);
}

// A core whose plans are changed, and what it refuses where that is `refused`.
function answering(change: (json: string) => string, { refused = false } = {}): Core {
  const planJson: Core["planJson"] = (request) => {
    try {
      const json = core.planJson(request);
      return refused ? json : change(json);
    } catch (error) {
      if (!refused) throw error;
      return change("");
    }
  };
  return { ...core, planJson };
}

function addStep(json: string): string {
  const plan = JSON.parse(json) as Plan;
  // A plan without steps is on one line, and would stay on several.
  if (plan.steps.length === 0) return json;
  const step = { op: "mkdir", path: `${plan.directory}/staging`, mode: 448, undo: [] };
  return JSON.stringify({ ...plan, steps: [step, ...plan.steps] });
}

function rowsIn(text: string): Row[] {
  return (JSON.parse(text) as (string | Row)[]).filter((entry) => typeof entry !== "string");
}

// The lines of one text that another one has not, in their order.
function linesMissing(text: string, from: string): string[] {
  const lines = from.split("\n");
  let at = 0;
  return text.split("\n").filter((line) => {
    const found = lines.indexOf(line, at);
    if (found >= 0) at = found + 1;
    return found < 0;
  });
}
