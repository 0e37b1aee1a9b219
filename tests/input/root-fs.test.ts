import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ctrLine } from "../../input/ctr-line.ts";
import { rootFsOf } from "../../input/root-fs.ts";
import type { RootFs } from "../../wasm/types.ts";
import { unicodeText } from "../support/arbitrary/texts.ts";
import { rounds } from "../support/sample.ts";
import { errorOf, problemOf } from "./problem.ts";

const extra = `extraoption=${btoa('{"source":"/s/image.boot","config":"{}","snapshotdir":"/s/fs"}')}`;
const snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1";

/** Mounts as snapshotters give them to containerd. */
const overlay = {
  Type: "overlay",
  Source: "overlay",
  Target: "",
  Options: ["index=off", `workdir=${snapshots}/9/work`, `upperdir=${snapshots}/9/fs`, "lowerdir=/l2:/l1"],
};
const nydus = {
  type: "fuse.nydus-overlayfs",
  source: "overlay",
  options: ["lowerdir=/l", "workdir=/w", extra],
};
const layers = [2, 1].map((number) => `${snapshots}.erofs/snapshots/${number}/fs`);
const erofs = {
  type: "overlay",
  source: "overlay",
  options: [`lowerdir=${layers.join(":")}`, "upperdir=/u"],
};

test("one mount keeps its type, source and options, in containerd's own spelling or its API's", () => {
  const expected = { type: "overlay", source: "overlay", options: overlay.Options, target: "rootfs" };
  assert.deepEqual(rootFsOf([overlay]), expected);
  assert.deepEqual(rootFsOf(overlay), expected);
  assert.deepEqual(rootFsOf(JSON.stringify([overlay])), expected);
  assert.deepEqual(rootFsOf(`\ufeff\n ${JSON.stringify(overlay)}`), expected);
  assert.deepEqual(rootFsOf([nydus]), { ...nydus, target: "rootfs" });
  assert.deepEqual(rootFsOf([erofs]), { ...erofs, target: "rootfs" });
});

test("several mounts are made on one directory, which is all that counts", () => {
  assert.deepEqual(rootFsOf([erofs, { ...overlay, Target: "etc" }]), { target: "rootfs" });
});

/** As containerd 2.2's erofs snapshotter gives them; the writable layer is a file that is made with a filesystem. */
const [ext4, layer, overlaid] = [
  {
    Type: "mkfs/ext4",
    Source: "/s/9/rwlayer.img",
    Options: ["rw", "loop", "X-containerd.mkfs.size=67108864"],
  },
  { Type: "erofs", Source: "/s/1/layer.erofs", Options: ["ro", "loop"] },
  {
    Type: "format/mkdir/overlay",
    Source: "overlay",
    Options: ["upperdir={{ mount 0 }}/upper", "workdir={{ mount 0 }}/work", "lowerdir={{ overlay 1 1 }}"],
  },
] as const;

test("what containerd's mount manager has to make first is refused by name, never an empty directory", () => {
  const marked = { ...layer, Options: ["ro", "X-containerd.dmverity.roothash=00"] };
  for (const [mounts, problem] of [
    [[ext4, layer, overlaid], "[0].type"],
    [[layer, overlaid], "[1].type"],
    [[overlaid], "[0].type"],
    [[ext4], "[0].type"],
    [[layer, marked], "[1].options[1]"],
    [[layer, { Type: "bind", Source: "{{ mount 0 }}/upper", Options: ["rbind"] }], "[1].source"],
    [
      [layer, { Type: "overlay", Source: "overlay", Options: ["lowerdir={{ overlay 0 1 }}"] }],
      "[1].options[0]",
    ],
    [[layer, { Type: "format/bind", Source: "{{ mount 0 }}", Options: ["ro", "rbind"] }], "[1].type"],
  ] as const) {
    const expected = `${problem} needs-mount-manager`;
    assert.equal(
      problemOf(() => rootFsOf(mounts)),
      expected,
    );
    const lines = mounts.map(
      ({ Type, Source, Options }) => `mount -t ${Type} ${Source} /t -o ${Options.join(",")}`,
    );
    assert.equal(
      problemOf(() => rootFsOf(lines.join("\n"))),
      expected,
    );
  }
});

test("a Target that the mount manager has to fill in is refused, too", () => {
  const mount = { Type: "bind", Source: "/upper", Target: "{{ mount 0 }}/upper", Options: ["rbind"] };
  assert.equal(
    problemOf(() => rootFsOf([layer, mount])),
    "[1].Target needs-mount-manager",
  );
});

test("a type with a slash that is a program of fuse's is none of those", () => {
  const type = "fuse./usr/local/bin/nydus-overlayfs";
  assert.equal(rootFsOf({ ...nydus, type }).type, type);
});

test("no mount at all is the directory in the bundle", () => {
  assert.deepEqual(rootFsOf([]), { target: "rootfs" });
  assert.deepEqual(rootFsOf("null"), { target: "rootfs" });
});

test("the directory is the one that is given", () => {
  assert.deepEqual(rootFsOf([], { target: "/run/c1/rootfs" }), { target: "/run/c1/rootfs" });
  assert.equal(rootFsOf("mount -t bind /a /b -o rbind", { target: "/c" }).target, "/c");
});

test("a mount's own Target is below the root, and does not move it", () => {
  assert.equal(rootFsOf({ ...overlay, Target: "etc" }).target, "rootfs");
});

test("fields that are null are as good as absent", () => {
  assert.deepEqual(rootFsOf('{"Type":"bind","Source":"/a","Target":null,"Options":null}'), {
    type: "bind",
    source: "/a",
    target: "rootfs",
  });
});

test("what is no mount is named by its path", () => {
  for (const [mounts, problem] of [
    ["[{}]", "[0].type missing-field"],
    ['{"mounts":[]}', "type missing-field"],
    ['[{"Type":"bind"},{"Type":1}]', "[1].Type wrong-type"],
    ['[{"type":"bind","options":["ro",null]}]', "[0].options[1] wrong-type"],
    ['[{"type":"bind","target":1}]', "[0].target wrong-type"],
    ['{"Type":"bind","type":"bind"}', "type duplicate-field"],
    ["[1]", "[0] wrong-type"],
    ["[", "not-json"],
  ] as const) {
    assert.equal(
      problemOf(() => rootFsOf(mounts)),
      problem,
    );
  }
});

/** Lines of ctr, and what they say. */
const lines: readonly (readonly [line: string, rootFs: RootFs])[] = [
  [
    "mount -t overlay overlay /target -o lowerdir=/a:/b,upperdir=/u,workdir=/w",
    {
      source: "overlay",
      target: "/target",
      type: "overlay",
      options: ["lowerdir=/a:/b", "upperdir=/u", "workdir=/w"],
    },
  ],
  [
    "mount -t bind /src /target -o rbind,ro",
    { source: "/src", target: "/target", type: "bind", options: ["rbind", "ro"] },
  ],
  [
    'mount -t overlay overlay /t -o lowerdir=/a\\,b\\\\,context="system_u:object_r:c_t:s0:c1,c2",ro',
    {
      source: "overlay",
      target: "/t",
      type: "overlay",
      options: ["lowerdir=/a\\,b\\\\", 'context="system_u:object_r:c_t:s0:c1,c2"', "ro"],
    },
  ],
  // Nothing is quoted: of paths with spaces the target is the absolute one.
  [
    "mount -t bind /my files/a /target -o ro",
    { source: "/my files/a", target: "/target", type: "bind", options: ["ro"] },
  ],
  ["mount -t bind a b -o ", { source: "a", target: "b", type: "bind", options: [] }],
  ["mount -t   /target -o bind", { source: "", target: "/target", type: "", options: ["bind"] }],
];

test("a line of ctr says all of a mount, and is what the mount prints", () => {
  for (const [line, rootFs] of lines) {
    assert.deepEqual(rootFsOf(line), rootFs);
    assert.equal(ctrLine(rootFs), line);
  }
});

test("lines may end in any way, be empty, or be without the space behind -o", () => {
  assert.deepEqual(rootFsOf("\n \nmount -t bind /a /b -o\r\n\r\n"), {
    source: "/a",
    target: "/b",
    type: "bind",
    options: [],
  });
});

test("several lines are made on the directory of the first", () => {
  const text = "mount -t overlay overlay /t -o lowerdir=/a:/b\nmount -t bind /c /t/etc -o rbind\n";
  assert.deepEqual(rootFsOf(text), { target: "/t" });
});

test("a line that is none, or has several readings, is refused with its place", () => {
  for (const [text, code, line, column] of [
    ["", "no-mounts", undefined, undefined],
    [" \n", "no-mounts", undefined, undefined],
    ["ctr: snapshot x does not exist", "not-a-mount-line", 1, 1],
    ["mount /a /b", "not-a-mount-line", 1, 1],
    ["\n  mount -t bind /a /b -o ro", "not-a-mount-line", 2, 1],
    ["mount -t bind", "not-a-mount-line", 1, 1],
    ["mount -t bind /a -o ro", "not-a-mount-line", 1, 1],
    ["mount -t bind /a /b -o ro\nmount -t bind /a /b c /d -o ro", "several-readings", 2, 15],
    ["mount -t bind /a b c -o ro", "several-readings", 1, 15],
    ["mount -t bind /a -o b /c -o ro", "several-readings", 1, 26],
    ['mount -t bind /a /b -o context="a,ro', "several-readings", 1, 24],
  ] as const) {
    const error = errorOf(() => rootFsOf(text));
    assert.deepEqual([error.code, error.line, error.column], [code, line, column], text);
  }
});

test("the message of a line's error has its place", () => {
  assert.equal(
    errorOf(() => rootFsOf("umount /a")).message,
    'Cannot read containerd mount line 1, column 1 "umount /a": not-a-mount-line ' +
      "(the lines of ctr are expected: mount -t TYPE SOURCE TARGET -o OPTIONS)",
  );
});

test("a message shows the beginning of a long line, and the error has it whole", () => {
  const line = "x".repeat(10_000);
  const error = errorOf(() => rootFsOf(line));
  assert.equal(error.subject, line);
  assert.ok(error.message.length < 400);
});

test("a mount whose line would be read as another one is not printed", () => {
  for (const rootFs of [
    { source: "/a", target: "/b", options: ["a,b"] },
    { source: "/a", target: "/b", options: [""] },
    { source: "/a", target: "/b", options: ['"'] },
    { source: "/a", target: "/b", options: ["ro\nmount -t bind /c /d -o rw"] },
    { source: "/a /b", target: "/c" },
    { source: "/a", target: "/b -o x" },
    { source: "/a", target: "/b", type: "a b" },
    { source: "/a", target: "/b", options: ["a\\", "b"] },
    { source: "/a", target: "/b", options: ["io.katacontainers.fs-opt.layer=/l,tar,ro"] },
  ]) {
    const error = errorOf(() => ctrLine(rootFs));
    assert.equal(error.code, "unprintable", JSON.stringify(rootFs));
    assert.match(error.message, /^Cannot print containerd mount "mount -t /);
  }
});

const odd = fc.array(fc.constantFrom("/", "a", " ", ",", '"', "\\", "-o", " -o ", "\n", "\r", "mount"), {
  maxLength: 6,
});
const anyText = fc.oneof(
  odd.map((pieces) => pieces.join("")),
  unicodeText({ maxLength: 12 }),
);

test("whatever is printed is read back as it was, and all else is refused", () => {
  fc.assert(
    fc.property(
      anyText,
      anyText,
      anyText,
      fc.array(anyText, { maxLength: 3 }),
      (source, target, type, options) => {
        const rootFs = { source, target, type, options };
        let line: string;
        try {
          line = ctrLine(rootFs);
        } catch {
          assert.equal(errorOf(() => ctrLine(rootFs)).code, "unprintable");
          return;
        }
        assert.deepEqual(rootFsOf(line), rootFs);
      },
    ),
    { numRuns: rounds(2000, 500) },
  );
});

test("whatever is read is printed as a line that says the same", () => {
  fc.assert(
    fc.property(anyText, anyText, (paths, options) => {
      const text = `mount -t bind ${paths} /t -o ${options}`;
      let rootFs: RootFs;
      try {
        rootFs = rootFsOf(text);
      } catch {
        errorOf(() => rootFsOf(text));
        return;
      }
      if (rootFs.type !== undefined) assert.deepEqual(rootFsOf(ctrLine(rootFs)), rootFs);
    }),
    { numRuns: rounds(2000, 500) },
  );
});
