import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Budget, Tasks } from "../../ffi/copy/concurrency.ts";

// The names of what has got its amount, in the order in which it got it.
function taking(budget: Budget, amounts: Readonly<Record<string, number>>): string[] {
  const got: string[] = [];
  for (const [name, amount] of Object.entries(amounts)) void budget.take(amount).then(() => got.push(name));
  return got;
}

test("a budget gives in the order of asking, and nobody overtakes one that waits", async () => {
  const budget = new Budget(10);
  const got = taking(budget, { first: 8, large: 5, small: 1 });
  await turn();
  assert.deepEqual(got, ["first"]);
  assert.equal(budget.tryTake(1), false, "two are free, and one waits");
  budget.give(1);
  await turn();
  assert.deepEqual(got, ["first"]);
  budget.give(2);
  await turn();
  assert.deepEqual(got, ["first", "large"]);
  budget.give(8);
  await turn();
  assert.deepEqual(got, ["first", "large", "small"]);
});

test("a budget that one waits for has nothing to spare, and neither has an empty one", async () => {
  const budget = new Budget(2);
  assert.equal(budget.hasSpare, true);
  assert.equal(budget.tryTake(1), true);
  const got = taking(budget, { waits: 2 });
  assert.equal(budget.hasSpare, false);
  assert.equal(budget.tryTake(1), false);
  let isSpare = false;
  void budget.spare().then(() => {
    isSpare = true;
  });
  budget.give(1);
  await turn();
  assert.deepEqual([got, isSpare, budget.hasSpare], [["waits"], false, false]);
  budget.give(1);
  await turn();
  assert.deepEqual(
    [isSpare, budget.hasSpare, budget.tryTake(2), budget.tryTake(1)],
    [true, true, false, true],
  );
});

test("tasks are finished when the last one is, with the first error of them", async () => {
  const tasks = new Tasks();
  const ends: ((error?: Error) => void)[] = [];
  for (let i = 0; i < 3; i++)
    tasks.add(new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve()))));
  let end = "";
  void tasks.finished().catch((error: Error) => {
    end = error.message;
  });
  ends[2]?.(new Error("the first one"));
  ends[0]?.(new Error("the second one"));
  await turn();
  assert.equal(end, "", "one task still runs");
  ends[1]?.();
  await turn();
  assert.equal(end, "the first one");
  await assert.rejects(tasks.finished(), /the first one/);
});
