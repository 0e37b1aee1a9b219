import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOf } from "../support/runner/parts.ts";
import type { Outcome } from "../support/runner/run-part.ts";
import { filesIn, secondTry } from "../support/runner/second-try.ts";

const outcome = (passed: number, failed: number): Outcome => ({
  ...{ count: { passed, failed, skipped: 0 }, failures: failed > 0 ? `${failed} failed` : "", seconds: 1 },
});
const part = (name: string) => ({
  ...{ name, command: [], environment: {}, missing: "", expectedSeconds: undefined },
});

test("a part with a few failed tests runs again alone, and what fails there has failed", async () => {
  const parts = ["good", "disturbed", "bad", "broken", "empty", "hung", "drawn"].map(part);
  const hung = { ...outcome(5, 1), seconds: 3600 };
  const drawn = { ...outcome(5, 1), failures: 'Counterexample: ["a"]' };
  const firsts = [outcome(5, 0), outcome(5, 2), outcome(5, 1), outcome(5, 4), outcome(5, 1), hung, drawn];
  const run: string[] = [];
  const seconds = new Map([
    ["disturbed", outcome(7, 0)],
    ["bad", outcome(5, 1)],
    ["empty", outcome(0, 0)],
  ]);
  const { outcomes, unsteady } = await secondTry(parts, firsts, async ({ name }) => {
    run.push(name);
    return seconds.get(name) as Outcome;
  });
  assert.deepEqual(run, ["disturbed", "bad", "empty"]);
  assert.deepEqual(unsteady, [{ name: "disturbed", failures: "2 failed" }]);
  assert.deepEqual(
    outcomes.map(({ count: { passed, failed } }) => [passed, failed]),
    [
      [5, 0],
      [7, 0],
      [5, 1],
      [5, 4],
      [5, 1],
      [5, 1],
      [5, 1],
    ],
  );
});

test("it runs again with those of its files that its failures name", () => {
  const files = ["host/guard", "host/lock"];
  assert.deepEqual(filesIn("at <anonymous> (/a/tests/host/lock.test.ts:5:1)", files), ["host/lock"]);
  assert.deepEqual(filesIn("Segmentation fault", files), files);
  const [host] = partsOf(["host", "koffi", "private", "lock", "guard-known"], true);
  const again = host?.again?.("✖ a test\n at file:///a/tests/host/guard-known.test.ts:1:1");
  assert.equal(again?.name, host?.name);
  assert.ok(again?.command.some((word) => word.endsWith("host/guard-known.test.js")));
  assert.ok(!again?.command.some((word) => word.includes("lock.test")));
});
