import assert from "node:assert/strict";
import { test } from "node:test";
import { readFindmnt } from "../../table/mod.ts";

const root = {
  ...{ id: 27, parent: 1, "maj:min": "254:0", fsroot: "/", target: "/", fstype: "ext4" },
  ...{ source: "/dev/vda", "vfs-options": "rw,relatime", "opt-fields": "shared:1 " },
};
const below = {
  ...{ id: "28", parent: "27", "maj:min": " 254:0 ", fsroot: "/a", target: "/b", fstype: "ext4" },
  ...{ source: "/dev/vda[/a]", "vfs-options": "ro,relatime", "opt-fields": null },
};

const readRoot = {
  ...{ id: 27, parent: 1, device: "254:0", root: "/", target: "/", filesystem: "ext4", source: "/dev/vda" },
  ...{ attributes: [], peerGroup: 1, master: 0, isUnbindable: false },
};
const readBelow = {
  ...{
    id: 28,
    parent: 27,
    device: "254:0",
    root: "/a",
    target: "/b",
    filesystem: "ext4",
    source: "/dev/vda",
  },
  ...{ attributes: ["ro"], peerGroup: 0, master: 0, isUnbindable: false },
};

test("a tree and a list are read alike; numbers may be strings, as older versions have them", () => {
  const expected = { mounts: [readRoot, readBelow], refused: [] };
  assert.deepEqual(readFindmnt(JSON.stringify({ filesystems: [{ ...root, children: [below] }] })), expected);
  assert.deepEqual(readFindmnt(JSON.stringify({ filesystems: [root, below] })), expected);
});

for (const [what, filesystems, line, reason] of [
  ["a column that was not asked for", [{ ...below, "opt-fields": undefined }], 1, "missing-field"],
  ["a mount that is a text", [root, "mount"], 2, "wrong-type"],
  ["a place that is a list", [{ ...root, target: [] }], 1, "wrong-type"],
  ["a number with a fraction", [{ ...root, id: 1.5 }], 1, "bad-number"],
  ["the same id twice", [root, { ...root, target: "/x" }], 2, "duplicate-id"],
  ["a relative place", [{ ...root, target: "x" }], 1, "bad-path"],
] as const) {
  test(`refused by its number is ${what}`, () => {
    const { refused } = readFindmnt(JSON.stringify({ filesystems }));
    assert.deepEqual(
      refused.map((one) => [one.line, one.reason]),
      [[line, reason]],
    );
  });
}

test("what is no JSON, or has no mounts, is refused as a whole", () => {
  assert.deepEqual(readFindmnt("TARGET SOURCE").refused, [
    { line: 0, reason: "not-json", subject: "TARGET SOURCE" },
  ]);
  for (const text of ["null", "[]", "{}", '{"filesystems":1}']) {
    assert.deepEqual(readFindmnt(text).refused, [{ line: 0, reason: "wrong-type", subject: text }]);
  }
});

test("children as deep as no stack are read", () => {
  const depth = 20_000;
  const text = `{"filesystems":[${'{"children":['.repeat(depth)}${"]}".repeat(depth)}]}`;
  assert.ok(readFindmnt(text).refused.length >= 1);
});
