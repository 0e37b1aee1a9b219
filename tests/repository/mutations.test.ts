import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, randomOf, rooms } from "../mutants/draw.ts";
import { mutated, mutationsOf, onlyCode, operators } from "../mutants/operators.ts";

// How mutants are made, which ask the tests whether they would notice.

const rows: readonly [operator: string, code: string, mutants: readonly string[]][] = [
  ["negate a condition", "if (a(1) && b) go();", ["if (!(a(1) && b)) go();"]],
  ["negate a condition", 'if (name === "x)") go();', ['if (!(name === "x)")) go();']],
  ["turn an equality", "a === b || c !== d", ["a !== b || c !== d", "a === b || c === d"]],
  ["move a bound", "f<T>(a < b, c >= d)", ["f<T>(a <= b, c >= d)", "f<T>(a < b, c > d)"]],
  ["swap and with or", "a && b", ["a || b"]],
  ["leave a call out", "  sys.close(fd);\n  const a = f(b);", ["  ;\n  const a = f(b);"]],
  ["return before a call", "  await a.b(c);", ["  return; await a.b(c);"]],
  ["one more", "a[0] = 0x10 + 7 + b2;", ["a[1] = 0x10 + 7 + b2;", "a[0] = 0x10 + 8 + b2;"]],
  ["drop a flag", "O_PATH | O_CLOEXEC | O_NOFOLLOW", ["O_CLOEXEC | O_NOFOLLOW", "O_PATH | O_NOFOLLOW"]],
  ["wait for nothing", "const a = await f();", ["const a = f();"]],
  ["add for subtract", "a + b - 1", ["a - b - 1", "a + b + 1"]],
  ["turn a truth", "return true;", ["return false;"]],
];

for (const [operator, code, mutants] of rows) {
  test(`${operator}: ${JSON.stringify(code)}`, () => {
    const found = mutationsOf(code).filter((one) => one.operator === operator);
    assert.deepEqual(
      found.map((one) => mutated(code, one)),
      mutants,
    );
  });
}

test("each operator has a row", () => {
  assert.deepEqual([...new Set(rows.map(([operator]) => operator))].sort(), Object.keys(operators).sort());
});

test("comments, texts, imports and types are left as they are", () => {
  const text = [
    'import { a1 } from "./a === b";',
    "/* a === 1 */ // if (b)",
    'export const text: string = "1 && 2" + `3`;',
    "export interface I {\n  readonly a: 1 | 2;\n}",
    "type T =\n  | { a: true }\n  | { b: 3 };",
    "const pattern = /a === [/1]/;",
  ].join("\n");
  assert.deepEqual(mutationsOf(text), []);
  assert.equal(onlyCode(text).length, text.length);
});

test("a seed draws the same mutants again, another one others, and each once", () => {
  const some = (seed: number) => {
    const all = drawn("linux", seed);
    return Array.from({ length: 40 }, () => all.next().value);
  };
  assert.deepEqual(some(1), some(1));
  assert.notDeepEqual(some(1), some(2));
  assert.equal(new Set(some(1).map((one) => JSON.stringify(one))).size, 40);
});

test("each room has mutants of most operators", () => {
  for (const room of Object.keys(rooms)) {
    const all = [...drawn(room, 1)];
    assert.ok(all.length > 100, `${room} has ${all.length}`);
    assert.ok(new Set(all.map(({ operator }) => operator)).size >= 7, room);
  }
});

test("numbers of a seed are spread over all that there are", () => {
  const random = randomOf(7);
  const tens = new Set(Array.from({ length: 200 }, () => Math.floor(random() * 10)));
  assert.equal(tens.size, 10);
});
