import assert from "node:assert/strict";
import { test } from "node:test";
import { expectedTogether } from "../support/runner/duration.ts";
import { type Part, partsOf } from "../support/runner/parts.ts";
import { sideBySide } from "../support/runner/side-by-side.ts";
import { Turns } from "../support/runner/turns.ts";

test("so many are performed at a time, in order, and the results are in their order", async () => {
  const begun: number[] = [];
  const waiting = new Map<number, () => void>();
  const all = sideBySide([1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    await new Promise<void>((resolve) => waiting.set(item, resolve));
    return item * 10;
  });
  for (const [end, expected] of [
    [2, [1, 2, 3]],
    [3, [1, 2, 3, 4]],
    [1, [1, 2, 3, 4]],
    [4, [1, 2, 3, 4]],
  ] as const) {
    waiting.get(end)?.();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(begun, expected);
  }
  assert.deepEqual(await all, [10, 20, 30, 40]);
});

test("what is said at the same time is printed one after the other, the first at once", () => {
  const printed: string[] = [];
  const turns = new Turns((text) => printed.push(text));
  const [a, b, c] = [turns.begin(), turns.begin(), turns.begin()];
  a.say("a1 ");
  b.say("b1 ");
  a.say("a2 ");
  assert.deepEqual(printed.join(""), "a1 a2 ");
  b.end();
  c.say("c1 ");
  a.end();
  assert.deepEqual(printed.join(""), "a1 a2 b1 c1 ");
  const d = turns.begin();
  d.say("d1 ");
  turns.flush();
  assert.deepEqual(printed.join(""), "a1 a2 b1 c1 d1 ");
});

test("what is expected to take how long is told of all together, and not where one is unknown", () => {
  const of = (...seconds: (number | undefined)[]) =>
    seconds.map((expectedSeconds) => ({ expectedSeconds, missing: "" }));
  assert.match(expectedTogether(of(60, 30, 30, 5), 2), /^, 1 min 5 s expected/);
  assert.match(expectedTogether(of(10, 20), 1), /^, 30 s expected/);
  assert.equal(expectedTogether(of(60, undefined), 2), "");
  assert.match(expectedTogether([...of(10), { expectedSeconds: 60, missing: "no browser" }], 1), /^, 10 s/);
});

test("the files of a part share one process, and one that is chosen alone has its own", () => {
  const filesOf = ({ command, environment }: Part) => ({
    apart: command.filter((word) => /\.test\.[jt]s$/.test(word)),
    together: JSON.parse(environment.GUESTSHARE_TEST_FILES ?? "") as string[],
  });
  const [part] = partsOf(["input", "node"], true);
  const all = filesOf(part as Part);
  assert.deepEqual(all.apart, []);
  assert.ok(all.together.length > 5 && all.together.every((path) => path.endsWith(".test.js")));
  const [one] = partsOf(["repository", "node", "side-by-side"], true);
  assert.deepEqual(filesOf(one as Part).together, []);
  assert.match(filesOf(one as Part).apart.join(), /dist\/tests\/repository\/side-by-side\.test\.js$/);
  const guests = partsOf(["guest", "private"], false).map(filesOf);
  assert.ok(guests.every(({ apart, together }) => apart.length > 5 && together.length === 0));
});
