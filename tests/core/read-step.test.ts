import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Step } from "../../mod.ts";
import { readPlan } from "../../wasm/read-plan.ts";
import { fixtureFiles, readRows } from "../support/fixtures/fixtures.ts";
import { packageRoot } from "../support/package-root.ts";

// What reads a plan's steps from the core's JSON knows their fields beforehand: it has to know every operation.

interface Definition {
  readonly anyOf?: readonly { readonly $ref: string }[];
  readonly properties?: { readonly op: { readonly const: string } };
}

const schema = JSON.parse(readFileSync(join(packageRoot, "wasm/schema.json"), "utf8")) as {
  readonly definitions: Readonly<Record<string, Definition>>;
};
const operations = (schema.definitions.Step?.anyOf ?? []).map(({ $ref }) => {
  const name = $ref.slice("#/definitions/".length);
  return schema.definitions[name]?.properties?.op.const ?? "";
});

// What the core wrote, of which a row without escapes is read here.
const plans = fixtureFiles.flatMap(readRows).flatMap((row) => {
  if (typeof row === "string" || !row.plan) return [];
  const json = JSON.stringify(row.plan);
  return json.includes("\\") ? [] : [{ json, steps: everyStep(row.plan.steps) }];
});

function everyStep(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...everyStep(step.undo)]);
}

test("the schema says which operations there are", () => {
  assert.ok(operations.length >= 12 && operations.every((op) => /^[a-zA-Z]+$/.test(op)), `${operations}`);
});

for (const op of operations) {
  test(`a step called ${op} is read as JSON.parse reads it, and frozen`, () => {
    const having = plans.filter(({ steps }) => steps.some((step) => step.op === op));
    assert.ok(having.length > 0, `no row of the fixtures has the step ${op}`);
    for (const { json } of having) {
      const plan = readPlan(json);
      assert.deepEqual(plan, JSON.parse(json));
      assert.ok(everyStep(plan.steps).every(Object.isFrozen));
    }
  });

  test(`a step called nearly ${op} is read as no other: it is an error`, () => {
    const step = plans.flatMap(({ steps }) => steps).find((each) => each.op === op);
    const others = [`${op}s`, op.slice(0, -1), op.slice(1), `${op.slice(0, -1)}x`, `${op[0]}x${op.slice(2)}`];
    for (const other of others.filter((word) => !operations.includes(word))) {
      const json = JSON.stringify({ directory: "/s1", steps: [{ ...step, op: other }] });
      assert.throws(() => readPlan(json), {
        message: `Cannot read a plan: no step is called ${JSON.stringify(other)}`,
      });
    }
  });
}

test("a step called as what every object has is an error too", () => {
  for (const op of ["constructor", "toString", "__proto__", ""]) {
    const json = `{"directory":"/s1","steps":[{"op":"${op}","source":"/a","guestPath":"/b","undo":[]}]}`;
    assert.throws(() => readPlan(json), /^Error: Cannot read a plan: no step is called "/);
  }
});
