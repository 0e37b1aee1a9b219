import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readMountinfo } from "../../table/mod.ts";
import { rounds } from "../support/sample.ts";

const escapes: Record<string, string> = {
  " ": "\\040",
  "\t": "\\011",
  "\n": "\\012",
  "\\": "\\134",
  "#": "\\043",
};
const escaped = (text: string) => text.replace(/[ \t\n\\#]/g, (one) => escapes[one] as string);

const name = fc
  .array(
    fc.constantFrom(...Object.keys(escapes), "a", "-", ",", "é", "\u{1f4c1}", "\r", "\u007f", "(deleted)"),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((parts) => parts.join(""));
const path = fc.array(name, { maxLength: 4 }).map((names) => `/${names.join("/")}`);
const mount = fc.record(
  {
    id: fc.nat(),
    parent: fc.nat(),
    device: fc.tuple(fc.nat(4095), fc.nat(1048575)).map(([major, minor]) => `${major}:${minor}`),
    root: fc.oneof(path, fc.constantFrom("net:[4026531840]", "/gone//deleted")),
    target: path,
    filesystem: fc.constantFrom("tmpfs", "fuse.a#b", "9p"),
    source: fc.oneof(name, fc.constant("")),
    attributes: fc.subarray([
      "ro",
      "nosuid",
      "nodev",
      "noexec",
      "nosymfollow",
      "noatime",
      "nodiratime",
      "idmap",
    ] as const),
    peerGroup: fc.nat(9),
    master: fc.nat(9),
    isUnbindable: fc.boolean(),
  },
  { noNullPrototype: true },
);
type Mount = typeof mount extends fc.Arbitrary<infer Value> ? Value : never;

function lineOf(one: Mount): string {
  const { id, parent, device, root, target, filesystem, source, attributes, peerGroup, master } = one;
  const options = [
    attributes.includes("ro") ? "ro" : "rw",
    ...attributes.filter((word) => word !== "ro").map((word) => (word === "idmap" ? "idmapped" : word)),
    ...(attributes.includes("noatime") ? [] : ["relatime"]),
  ];
  const propagation = [
    ...(peerGroup > 0 ? [`shared:${peerGroup}`] : []),
    ...(master > 0 ? [`master:${master}`, "propagate_from:77"] : []),
    ...(one.isUnbindable ? ["unbindable"] : []),
  ];
  const before = [id, parent, device, escaped(root), escaped(target), options.join(), ...propagation];
  return [...before, "-", escaped(filesystem), escaped(source), "rw,size=5%"].join(" ");
}

test("what the kernel writes is read back, from a text and from bytes", () => {
  const mounts = fc.uniqueArray(mount, { selector: ({ id }) => id });
  fc.assert(
    fc.property(mounts, (mounts) => {
      const text = `${mounts.map(lineOf).join("\n")}\n`;
      assert.deepEqual(readMountinfo(text), { mounts, refused: [] });
      assert.deepEqual(readMountinfo(new TextEncoder().encode(text)), { mounts, refused: [] });
    }),
    { numRuns: rounds(1000, 100) },
  );
});

test("strictatime, which has no word in mountinfo, is known by the others' absence", () => {
  const { mounts } = readMountinfo("1 0 0:1 / / rw - tmpfs t rw\n");
  assert.deepEqual(mounts[0]?.attributes, ["strictatime"]);
});

test("a byte that is no UTF-8 stays apart from every other", () => {
  const bytes = new Uint8Array([
    ...new TextEncoder().encode("1 0 0:1 / /é"),
    0xff,
    0xc3,
    ...new TextEncoder().encode(" rw,relatime - tmpfs t rw\n2 1 0:1 / /b rw - tmpfs t rw\n"),
  ]);
  const { mounts, refused } = readMountinfo(bytes);
  assert.deepEqual(refused, []);
  assert.deepEqual(
    mounts.map(({ target }) => target),
    ["/é\udcff\udcc3", "/b"],
  );
});

const good = "1 0 0:1 / / rw,relatime - tmpfs t rw";

for (const [what, line, reason] of [
  ["half a line", "36 35 98:0 /root /mnt rw,noat", "missing-field"],
  ["a line without the separator", "36 35 98:0 / /mnt rw tmpfs t rw", "missing-field"],
  ["a line that ends with the filesystem", "36 35 98:0 / /mnt rw - tmpfs", "missing-field"],
  ["an id with a sign", "-6 35 98:0 / /mnt rw - tmpfs t rw", "bad-number"],
  ["an id that no number holds", "36000000000000000000 35 98:0 / /mnt rw - tmpfs t rw", "bad-number"],
  ["a device that is none", "36 35 98 / /mnt rw - tmpfs t rw", "bad-number"],
  ["a place that is relative", "36 35 98:0 / mnt rw - tmpfs t rw", "bad-path"],
  ["a place with a way up", "36 35 98:0 / /mnt/../etc rw - tmpfs t rw", "bad-path"],
  ["a place with a slash behind", "36 35 98:0 / /mnt/ rw - tmpfs t rw", "bad-path"],
  ["a root with two slashes", "36 35 98:0 //x /mnt rw - tmpfs t rw", "bad-path"],
  ["an escape that the kernel does not write", "36 35 98:0 / /mnt\\057x rw - tmpfs t rw", "bad-escape"],
  ["an escape of a NUL", "36 35 98:0 / /mnt\\000 rw - tmpfs t rw", "bad-escape"],
  ["half an escape", "36 35 98:0 / /mnt\\04 rw - tmpfs t rw", "bad-escape"],
  ["a NUL", "36 35 98:0 / /mnt\0x rw - tmpfs t rw", "bad-path"],
  ["a group that is none", "36 35 98:0 / /mnt rw shared:x - tmpfs t rw", "bad-propagation"],
  ["group 0", "36 35 98:0 / /mnt rw master:0 - tmpfs t rw", "bad-propagation"],
  [
    "a word of propagation with two colons",
    "36 35 98:0 / /mnt rw shared:1:2 - tmpfs t rw",
    "bad-propagation",
  ],
  ["an id that a line before has", "1 35 98:0 / /mnt rw - tmpfs t rw", "duplicate-id"],
  ["a million characters", "x".repeat(1_000_000), "missing-field"],
] as const) {
  test(`refused by its line is ${what}, and the others are read`, () => {
    const { mounts, refused } = readMountinfo(`${good}\n${line}\n2 1 0:2 / /after rw - tmpfs t rw`);
    assert.deepEqual(
      mounts.map(({ target }) => target),
      ["/", "/after"],
    );
    assert.deepEqual(
      refused.map(({ line, reason }) => [line, reason]),
      [[2, reason]],
    );
    assert.ok((refused[0]?.subject.length ?? 0) <= 200);
  });
}

test("an id is refused where a line before has it, and no other, however large both are", () => {
  for (const id of [0, 1023, 1024, 2 ** 20 - 1, 2 ** 20, 2 ** 32, 2 ** 33 + 1]) {
    const lines = [id, id + 1, id, id + 2].map((own) => `${own} 0 0:1 / / rw - tmpfs t rw`);
    const { mounts, refused } = readMountinfo(lines.join("\n"));
    assert.deepEqual(
      mounts.map((mount) => mount.id),
      [id, id + 1, id + 2],
    );
    assert.deepEqual(refused, [{ line: 3, reason: "duplicate-id", subject: String(id) }]);
  }
});

test("no text makes the reader throw, or give a path that is not in the text", () => {
  const pieces = fc.constantFrom(
    ..."0123456789",
    " ",
    "\n",
    "/",
    "-",
    "\\",
    ":",
    "shared:1",
    good,
    "\\040",
    "\ud800",
    "é",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const text = parts.join("");
      const { mounts } = readMountinfo(text);
      for (const { target } of mounts) assert.ok(text.includes(escaped(target)), target);
    }),
    { numRuns: rounds(20_000, 1_000) },
  );
});
