import assert from "node:assert/strict";
import { test } from "node:test";
import { everyOf, isIn, someOf } from "../support/sample.ts";

// What the short run takes of a sweep.

test("one of so many, from any of them on", () => {
  const items = ["a", "b", "c", "d", "e", "f", "g"];
  assert.deepEqual(everyOf(items, 3), ["a", "d", "g"]);
  assert.deepEqual(everyOf(items, 3, 1), ["b", "e"]);
  assert.deepEqual(everyOf(items, 3, 5), ["c", "f"]);
  const together = [0, 1, 2].flatMap((first) => everyOf(items, 3, first));
  assert.deepEqual(together.sort(), items);
});

test("two halves are all places, and each has even and odd ones", () => {
  const places = [0, 1, 2, 3, 4, 5, 6];
  const halves = [0, 1].map((half) => places.filter((at) => isIn(half, at)));
  assert.deepEqual(halves, [
    [0, 1, 4, 5],
    [2, 3, 6],
  ]);
  assert.deepEqual(
    places.filter((at) => isIn(undefined, at)),
    places,
  );
});

test("each kind of call, one of so many, and the place behind the last", () => {
  const names = ["openat", "statx", "statx", "openat", "flock", "statx", "mount", "statx"];
  assert.deepEqual([...someOf(names, 100, 99, new Set())], [1, 2, 5, 7, 9]);
  assert.deepEqual([...someOf(names, 3, 0, new Set())], [1, 2, 4, 5, 7, 9]);
  assert.deepEqual([...someOf(names, 3, 2, new Set())], [1, 2, 3, 5, 6, 7, 9]);
  assert.deepEqual([...someOf([], 3, 2, new Set())], [1]);
});

test("a kind that another sweep has had is not taken again", () => {
  const seen = new Set<string>();
  assert.deepEqual([...someOf(["openat", "statx"], 9, 8, seen)], [1, 2, 3]);
  assert.deepEqual([...someOf(["openat", "flock", "statx"], 9, 8, seen)], [2, 4]);
});
