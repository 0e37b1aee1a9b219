import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import test from "node:test";
import fc from "fast-check";
import { parseMountinfo } from "../../ffi/linux/mountinfo.ts";
import { Sources } from "../../ffi/linux/source.ts";
import { unlessMissing } from "../../ffi/linux/syscall-error.ts";
import { Syscalls } from "../../ffi/linux/syscalls.ts";
import { unicodeText } from "../support/arbitrary/texts.ts";
import { withoutUniqueIds } from "../support/faults/wrapped-libc.ts";
import { mount, mountTmpfs } from "../support/mounts.ts";
import { findTool } from "../support/runner/tools.ts";
import { libc } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";
import { mountTest } from "../support/scratch.ts";

// A path as the kernel writes it, and as it is: bytes as Latin-1 characters, with some that it escapes.
const escapes: Record<string, string> = {
  " ": "\\040",
  "\t": "\\011",
  "\n": "\\012",
  "\\": "\\134",
  "#": "\\043",
};
const letters = fc.oneof(
  fc.constantFrom(...Object.keys(escapes), "-", ",", ":", "0", "é", "\u007f", "\u00ff"),
  fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom("a", "b", "/", "1", '"', "\u0080") }),
);
const path = fc.array(letters, { maxLength: 12 }).map((parts) => `/${parts.join("")}`);
const escaped = (text: string) => text.replace(/[ \t\n\\#]/g, (one) => escapes[one] as string);
const optional = fc.subarray(["shared:7", "master:3", "propagate_from:2", "unbindable"]);

test("mountinfo: what the kernel writes is read back", () => {
  const line = fc.record({
    id: fc.nat(),
    parent: fc.nat(),
    root: path,
    point: path,
    fields: optional,
    type: fc.constantFrom("tmpfs", "fuse.a#b", "9p"),
  });
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.map(({ id, parent, root, point, fields, type }) =>
        [
          id,
          parent,
          "0:36",
          escaped(root),
          escaped(point),
          "ro,noexec",
          ...fields,
          "-",
          escaped(type),
          "none",
          "rw",
        ].join(" "),
      );
      const seen = parseMountinfo(`${text.join("\n")}\n`);
      assert.deepEqual(
        seen.map(({ id, parent, root, point, fstype }) => ({
          id: Number(id),
          parent: Number(parent),
          root,
          point,
          type: fstype,
        })),
        lines.map(({ fields: _, ...rest }) => rest),
      );
    }),
  );
});

test("mountinfo: a line that is cut off anywhere is left out, or is that line", () => {
  const line = "36 35 98:0 /mnt\\0401 /mnt2 rw,noatime shared:1 master:2 - ext3 /dev/root rw,errors=continue";
  const whole = parseMountinfo(line);
  assert.equal(whole[0]?.root, "/mnt 1");
  for (let length = 0; length < line.length; length++) {
    const [one, ...more] = parseMountinfo(`${line.slice(0, length)}\n${line}`);
    assert.equal(one?.point, "/mnt2", `cut at ${length}`);
    assert.ok(more.length <= 1);
  }
});

test("mountinfo: an escape that no kernel writes is part of the path", () => {
  const [mount] = parseMountinfo("36 35 98:0 /a\\040b /c\\101\\040 rw - ext3 /dev/root rw");
  assert.deepEqual([mount?.root, mount?.point], ["/a b", "/c\\101\\040"]);
});

test("mountinfo: hostile text never throws, and gives no path that is not in it", () => {
  const words = fc.constantFrom(
    "36",
    "-",
    "/",
    "/a\\040b",
    "\\",
    "\\999",
    "\\04",
    "shared:1",
    "rw",
    "//deleted",
    "\r",
    "",
    "18446744073709551616",
    "__proto__",
    "1e9",
  );
  const hostile = fc.oneof(
    unicodeText(),
    fc
      .array(fc.array(words, { maxLength: 14 }), { maxLength: 5 })
      .map((lines) => lines.map((one) => one.join(" ")).join("\n")),
  );
  fc.assert(
    fc.property(hostile, (text) => {
      for (const { root, point, fstype } of parseMountinfo(text)) {
        for (const field of [root, point, fstype]) {
          assert.ok(text.includes(field) || text.includes("\\"), JSON.stringify(field));
        }
      }
    }),
    { numRuns: rounds(2000, 500) },
  );
  const long = `1 2 0:1 / /${"x".repeat(1 << 20)} rw - tmpfs none rw`;
  assert.equal(parseMountinfo(long)[0]?.point.length, (1 << 20) + 1);
});

mountTest("statmount and mountinfo describe each mount of this namespace alike", (scratch) => {
  mountTmpfs(scratch.directory("ro nosuid"), "ro,nosuid");
  mountTmpfs(scratch.directory("line\nbreak"), "noexec,nodev");
  for (const kind of ["private", "shared", "slave", "unbindable"]) {
    const target = scratch.directory(`${kind} \\ "#" é`);
    mountTmpfs(target);
    mount("--make-shared", target);
    mount(`--make-${kind}`, target);
  }
  const sys = new Syscalls(libc);
  const old = new Syscalls(withoutUniqueIds(libc));
  const [byStatmount, byMountinfo] = [new Sources(sys).table, new Sources(old).table];
  let compared = 0;
  for (const { point, id } of parseMountinfo(readFileSync("/proc/self/mountinfo", "latin1"))) {
    const name = Buffer.from(point, "latin1").toString();
    const found = unlessMissing(() => old.statx(-100, name));
    const seen = found && byMountinfo.of(found);
    if (seen?.id !== id) continue; // another mount is on top of it, or of what it is in
    const { id: _, parent: __, ...one } = byStatmount.of(sys.statx(-100, name)) ?? assert.fail(name);
    const { id: ___, parent: ____, ...other } = seen;
    const bits = 0xf; // mountinfo's words for the others are not read
    assert.deepEqual(
      { ...one, attributes: one.attributes & bits },
      { ...other, attributes: other.attributes & bits },
    );
    compared += 1;
  }
  assert.ok(compared >= 8, `only ${compared} mounts`);
});

mountTest(
  "findmnt reads the same mount table as we",
  (scratch) => {
    mountTmpfs(scratch.directory('a b\t"\\ é 🦊'));
    const text = readFileSync("/proc/self/mountinfo", "latin1");
    const json = execFileSync("findmnt", ["-J", "-l", "-o", "ID,PARENT,TARGET,FSTYPE,FSROOT"], {
      encoding: "utf8",
    });
    const found = JSON.parse(json).filesystems as Record<string, string | number>[];
    const read = parseMountinfo(text).map(({ id, parent, point, fstype, root }) => ({
      ...{ id: Number(id), parent: Number(parent), target: Buffer.from(point, "latin1").toString(), fstype },
      fsroot: Buffer.from(root, "latin1").toString(),
    }));
    assert.deepEqual(read, found);
  },
  { skip: findTool("findmnt") ? false : "findmnt is not installed; it would have read the mount table too" },
);
