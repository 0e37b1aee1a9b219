import assert from "node:assert/strict";
import { test } from "node:test";
import { countOf } from "../support/runner/count.ts";
import { failuresOf } from "../support/runner/failures.ts";

const node = "ℹ tests 4\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\n";
const bun = " 2 pass\n 1 skip\n 1 fail\n 9 expect() calls\nRan 4 tests across 1 file. [5.00ms]\n";

for (const [runner, output] of Object.entries({
  node,
  deno: "FAILED | 2 passed | 1 failed | 1 ignored (5ms)\n",
  bun,
  "bun without its own assertions": " 2 pass\n 1 skip\n 1 fail\nRan 4 tests across 2 files. [5.00ms]\n",
})) {
  test(`what ${runner} counted is read from the end of its output`, () => {
    assert.deepEqual(countOf(`a test\n${output}`, false), { passed: 2, failed: 1, skipped: 1 });
  });
}

test("an output without a count is one failure, and so is a bad end without a failed test", () => {
  const failure = { passed: 0, failed: 1, skipped: 0 };
  for (const output of ["", "Segmentation fault\n", "0 pass\n", " 3 pass\n 0 fail\n"])
    assert.deepEqual(countOf(output, true), failure);
  assert.deepEqual(countOf(bun.replace("1 fail", "0 fail"), false), { passed: 2, failed: 1, skipped: 1 });
  const error = " 2 pass\n 0 fail\n 1 error\nRan 2 tests across 1 file. [5.00ms]\n";
  assert.deepEqual(countOf(error, false), { passed: 2, failed: 1, skipped: 0 });
});

const ofNode = "✖ failing tests:\n\ntest at a.js:1:1\n✖ a share (2ms)\n  Error: it is gone";
const ofDeno =
  "ERRORS \n\na share => a.js:1:1\nerror: Error: it is gone\n\n FAILURES \n\na share => a.js:1:1";
const ofBun = "error: it is gone\n  at a.js:1:1\n(fail) a share [2ms]";

for (const [runner, output, failures] of [
  ["node", `✔ before\n✖ a share (2ms)\nℹ fail 1\n\n${ofNode}\n`, ofNode],
  ["Deno", `before ... ok (1ms)\na share ... FAILED (2ms)\n\n ${ofDeno}\n`, ofDeno],
  ["Bun", `(pass) before\n${ofBun}\n(pass) after\n\n 1 fail\n`, ofBun],
  ["a program that died", "before\nSegmentation fault\n", "before\nSegmentation fault"],
] as const) {
  test(`what failed is read from the end of the output of ${runner}`, () => {
    assert.equal(failuresOf(output), failures);
  });
}
