import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandError } from "../../cli/failure.ts";
import { valueOfJson } from "../../cli/input/json-text.ts";
import { mountOfOption } from "../../cli/input/mount-option.ts";
import { mountOfVolume } from "../../cli/input/volume.ts";
import { differenceOf } from "../../cli/plan/difference.ts";
import { stepProgressText } from "../../cli/plan/step-progress.ts";
import { commandHere } from "../support/cli/command-here.ts";
import { mountTest } from "../support/scratch.ts";

// How the words of a command line are read.

const volumes: readonly (readonly [text: string, source: string, destination: string, options: string])[] = [
  ["/a", "/a", "/a", "rbind"],
  ["/a:/b", "/a", "/b", "rbind"],
  ["/a:/b:ro", "/a", "/b", "rbind ro"],
  ["/a:/b:bind,ro,noexec", "/a", "/b", "bind ro noexec"],
  ["/a::ro", "/a", "/a", "rbind ro"],
  ["./a::ro", "/here/a", "/here/a", "rbind ro"],
  ["./a:/b", "/here/a", "/b", "rbind"],
  ["../a/:/b", "/a", "/b", "rbind"],
  [String.raw`/a\:b:/c\:d`, "/a:b", "/c:d", "rbind"],
  [String.raw`/a\\:/b`, "/a\\", "/b", "rbind"],
  // A backslash before anything else is one.
  [String.raw`/a\b:/c`, "/a\\b", "/c", "rbind"],
];

for (const [text, source, destination, options] of volumes) {
  test(`-v ${text} is ${source} on ${destination}`, () => {
    const mount = { source, destination, type: "bind", options: options.split(" ") };
    assert.deepEqual(mountOfVolume(text, "/here"), mount);
  });
}

const mounts: readonly (readonly [text: string, mount: object])[] = [
  ["source=/a,target=/b", { type: "bind", source: "/a", destination: "/b", options: ["rbind"] }],
  [
    "type=bind,src=a,dst=/b,ro",
    { type: "bind", source: "/here/a", destination: "/b", options: ["rbind", "ro"] },
  ],
  [
    "readonly=false,source=/a,destination=/b",
    { type: "bind", source: "/a", destination: "/b", options: ["rbind"] },
  ],
  ['"source=/a,b",target=/c', { type: "bind", source: "/a,b", destination: "/c", options: ["rbind"] }],
  ['"source=/a""b",target=/c', { type: "bind", source: '/a"b', destination: "/c", options: ["rbind"] }],
  [
    "type=tmpfs,target=/t,options=size=1m",
    { type: "tmpfs", source: "tmpfs", destination: "/t", options: ["size=1m"] },
  ],
];

for (const [text, mount] of mounts) {
  test(`--mount ${text} is read`, () => {
    assert.deepEqual(mountOfOption(text, "/here"), mount);
  });
}

const notJson: readonly (readonly [text: string, place: string])[] = [
  ["nothing", "line 1, column 1"],
  ['{"a": 1,}', "line 1, column 9"],
  ['{"a" 1}', "line 1, column 6"],
  ['{\n  "a": [1, 2\n}', "line 3, column 1"],
  ['{"a": tru}', "line 1, column 7"],
  ['{"a": "b}', "line 1, column 7"],
  ["[1] 2", "line 1, column 5"],
  ["[1, 01]", "line 1, column 6"],
  ["{", "line 1, column 2"],
];

for (const [text, place] of notJson) {
  test(`${JSON.stringify(text)} stops being JSON at ${place}`, () => {
    assert.throws(
      () => valueOfJson(text, "x"),
      (error) => error instanceof CommandError && error.what === `Cannot read "x", ${place}: not JSON`,
    );
  });
}

test("a JSON text is read, also with a byte order mark", () => {
  assert.deepEqual(valueOfJson('\ufeff {"a": [1, null, "\\u0041"]} ', "x"), { a: [1, null, "A"] });
});

test("the first difference of two values is named by its path", () => {
  const difference = (before: unknown, now: unknown) => {
    const found = differenceOf(before, now);
    return found && [found.path, found.before, found.now];
  };
  assert.equal(difference({ a: [{ b: 1 }], c: undefined }, { a: [{ b: 1 }] }), undefined);
  assert.deepEqual(difference({ a: [{ b: 1 }] }, { a: [{ b: 2 }] }), ["a[0].b", 1, 2]);
  assert.deepEqual(difference({ a: [1] }, { a: [1, 2] }), ["a[1]", undefined, 2]);
  assert.deepEqual(difference([], {}), ["", [], {}]);
  assert.deepEqual(difference(null, { a: 1 }), ["", null, { a: 1 }]);
});

test("progress has a rate, and the time that is left", () => {
  assert.equal(stepProgressText(500, 2000, 1000), "500 of 2000 steps, 500 a second, 3 s left");
  assert.equal(stepProgressText(2000, 2000, 1000), "2000 of 2000 steps, 2000 a second, 0 s left");
});

mountTest("a request that only looks like it has many mounts is refused at once", async (scratch) => {
  const container = { id: "c1", mounts: { length: 2 ** 32 - 1 } };
  const request = { op: "shareContainer", sandbox: { id: "s1", hostDir: scratch.hostDir }, container };
  const { exitCode, stderr } = await commandHere(["apply", scratch.file("r.json", JSON.stringify(request))]);
  assert.deepEqual([exitCode, /mounts: wrong-type/.test(stderr)], [64, true], stderr);
});

test("a double quote that stands alone in --mount is refused, and changes no path", () => {
  for (const text of ['source=/a",target=/b', 'source=/a,target=/b"', '"source=/a,target=/b'])
    assert.throws(() => mountOfOption(text, "/here"), { why: "a double quote in it has no other one" });
});
