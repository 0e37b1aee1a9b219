import assert from "node:assert/strict";
import { test } from "node:test";
import { readStatmounts, statmountMask } from "../../table/mod.ts";

const strings = 512;

function structOf(target: string, { mask = statmountMask }: { mask?: number } = {}): Uint8Array {
  const texts = ["ext4", "/root dir", target, "/dev/vda"];
  const bytes = new Uint8Array(strings + texts.join("\0").length + 1);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, mask, true);
  view.setUint32(16, 254, true);
  view.setUint32(20, 3, true);
  view.setBigUint64(40, 2n ** 32n + 7n, true);
  view.setBigUint64(48, 5n, true);
  view.setUint32(64, 0x200001, true); // RDONLY, NOSYMFOLLOW
  view.setUint32(72, 1 << 17, true);
  view.setBigUint64(80, 3n, true);
  view.setBigUint64(88, 4n, true);
  let at = strings;
  for (const [place, text] of [36, 104, 108, 124].map((place, i) => [place, texts[i] as string] as const)) {
    view.setUint32(place, at - strings, true);
    bytes.set(new TextEncoder().encode(text), at);
    at += text.length + 1;
  }
  return bytes;
}

const expected = {
  ...{ id: 2 ** 32 + 7, parent: 5, device: "254:3", root: "/root dir", target: "/mnt", filesystem: "ext4" },
  ...{ source: "/dev/vda", attributes: ["ro", "nosymfollow"], peerGroup: 3, master: 4, isUnbindable: true },
};

test("a struct statmount is read", () => {
  assert.deepEqual(readStatmounts([structOf("/mnt")]), { mounts: [expected], refused: [] });
});

test("a kernel that does not tell the source is read without it", () => {
  const { mounts } = readStatmounts([structOf("/mnt", { mask: statmountMask & ~0x200 })]);
  assert.deepEqual(mounts, [{ ...expected, source: "" }]);
});

test("a mount that has no place below the root is left out", () => {
  assert.deepEqual(readStatmounts([structOf("")]), { mounts: [], refused: [] });
});

test("a struct that is short, or without what was asked for, is refused", () => {
  const { refused } = readStatmounts([
    new Uint8Array(40),
    structOf("/mnt", { mask: 2 }),
    structOf("relative"),
    new Uint8Array(512),
    new Uint8Array(513).fill(0x41), // its strings have no end, nor are they where it says
    new Uint8Array(1024).fill(0x41),
  ]);
  assert.deepEqual(
    refused.map(({ line, reason }) => [line, reason]),
    [
      [1, "missing-field"],
      [2, "missing-field"],
      [3, "bad-path"],
      [4, "missing-field"],
      [5, "missing-field"],
      [6, "missing-field"],
    ],
  );
  assert.equal(refused[3]?.subject, "512 bytes");
});
