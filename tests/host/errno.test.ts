import assert from "node:assert/strict";
import test from "node:test";
import { callWith } from "../../ffi/linux/call-with-errno.ts";
import type { Argument, CallName, Invoke } from "../../ffi/linux/calls.ts";

const [ENOENT, EINTR, EAGAIN, ETIMEDOUT] = [2, 4, 11, 110];

test("an errno that the runtime's own waiting left behind is not the call's", () => {
  for (const errno of [EAGAIN, EINTR, ETIMEDOUT]) {
    assert.deepEqual(made("openat", [-errno, -ENOENT]), { result: -ENOENT, calls: 2 });
    assert.deepEqual(made("openat", [-errno, -errno, 7]), { result: 7, calls: 3 });
  }
});

test("an errno that comes again and again is the call's", () => {
  assert.deepEqual(made("flock", new Array(9).fill(-EAGAIN)), { result: -EAGAIN, calls: 4 });
});

test("other errnos are believed at once", () => {
  assert.deepEqual(made("openat", [-ENOENT, 7]), { result: -ENOENT, calls: 1 });
  assert.deepEqual(made("read", [0, 7]), { result: 0, calls: 1 });
});

test("a descriptor is never closed twice", () => {
  assert.deepEqual(made("close", [-EINTR, 0]), { result: -EINTR, calls: 1 });
});

// A call that gives these results one after the other, for the arguments that it is made with.
function made(name: CallName, results: number[]): { result: number; calls: number } {
  const left = [...results];
  const given: Argument[] = [3, null, 0, 1, 2];
  const invoke: Invoke = (...args) => {
    assert.deepEqual(args, given);
    return left.shift() as number;
  };
  const call = callWith(() => invoke);
  return { result: call(name, ...given), calls: results.length - left.length };
}
