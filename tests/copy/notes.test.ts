import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { getuid } from "node:process";
import test from "node:test";
import { copyTree } from "../../ffi/copy/copy-tree.ts";
import type { CopyOptions } from "../../ffi/copy/options.ts";
import { copyReasons } from "../../ffi/copy/skip-reasons.ts";
import { generations } from "../../ffi/guest/generation.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import { listing } from "../support/copy/listing.ts";
import { copyTest, makeAbove, reasonsOf, shareDir } from "../support/copy/place.ts";
import { rejection } from "../support/errors.ts";
import { denying, withoutSize } from "../support/faults/wrapped-libc.ts";
import { libc } from "../support/runtimes.ts";

copyTest("sockets, pipes and devices are skipped, each by its name", async (place) => {
  writeFileSync(join(place.source, "file"), "x");
  execFileSync("mkfifo", [join(place.source, "pipe")]);
  const server = createServer().listen(join(place.source, "socket"));
  await new Promise((resolve) => server.once("listening", resolve));
  const expected = ["pipe: pipe", "socket: socket"];
  if (getuid?.() === 0 && made("mknod", join(place.source, "null"), "c", "1", "3"))
    expected.unshift("null: device");
  const { skipped, entries } = await place.copy();
  server.close();
  assert.deepEqual(reasonsOf(skipped, place.source), expected);
  assert.equal(entries, 2);
});

function made(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

copyTest("a source that is a pipe is skipped as a whole", async (place) => {
  const source = join(place.path, "pipe");
  execFileSync("mkfifo", [source]);
  const { skipped, entries, requests } = await place.copy({}, {}, { source });
  assert.deepEqual([skipped, entries, requests], [[{ path: source, reason: "pipe" }], 0, []]);
});

copyTest("names that are not UTF-8 are skipped, with their bytes", async (place) => {
  const program = [
    "import os",
    "for name in [b'\\xff\\x41', b'\\x5c\\xc3']: open(name, 'w')",
    "os.mkdir(b'\\xed\\xa0\\x80')", // a surrogate
  ].join("\n");
  execFileSync("python3", ["-c", program], { cwd: place.source }); // Deno writes UTF-8 only
  writeFileSync(join(place.source, "\u{10ffff}é"), "x");
  const { skipped, entries } = await place.copy();
  assert.deepEqual(reasonsOf(skipped, place.source), [
    "\\x5c\\xc3: odd-name",
    "\\xed\\xa0\\x80: odd-name",
    "\\xffA: odd-name",
  ]);
  assert.equal(entries, 2);
});

copyTest("what gets too long in the guest is skipped, and the rest is not", async (place) => {
  writeFileSync(join(place.source, "n".repeat(252)), "its temporary name has 256 bytes");
  writeFileSync(join(place.source, "n".repeat(251)), "this one's has 255");
  writeFileSync(
    join(place.source, `${"é".repeat(125)}a.a`),
    "253 bytes, and 255 with the temporary extension",
  );
  // Node takes no paths as long as these; whoever goes there step by step can make them.
  const program =
    "import os, sys\nfor i in range(45): os.mkdir('d' * 100); os.chdir('d' * 100)\nopen('f', 'w')";
  execFileSync("python3", ["-c", program], { cwd: place.source });
  const { skipped, entries } = await place.copy();
  const reasons = skipped
    .map(({ path, reason }) => `${path.length - place.source.length - 1}: ${reason}`)
    .sort();
  assert.deepEqual(reasons, ["252: long-name", "4140: long-path"]);
  assert.equal(entries, 1 + 2 + 40);
});

copyTest("links that lead out are skipped; with links: all they are sent, with a warning", async (place) => {
  const links: Record<string, string> = {
    absolute: "/etc/passwd",
    out: "../secret",
    "d/out": "x/../../../secret",
    self: "..",
    "d/up": "..",
    "d/in": "../file",
    "d/in2": "./../d/../file",
    ok: "d/in",
    "d/dots": "...",
    "a..b": "c..d/..e",
  };
  for (const [name, target] of Object.entries(links))
    symlinkSync(target, makeAbove(join(place.source, name)));
  const inside = await place.copy();
  assert.deepEqual(reasonsOf(inside.skipped, place.source), [
    "absolute: absolute-link",
    "d/out: outside-link",
    "out: outside-link",
    "self: outside-link",
  ]);
  assert.deepEqual(reasonsOf(inside.warnings, place.source), [
    "d/in2: dotted-link",
    "d/in: dotted-link",
    "d/up: dotted-link",
  ]);
  const all = await place.copy({ links: "all" }, {}, { name: "c2" });
  assert.deepEqual(reasonsOf(all.skipped, place.source), []);
  assert.deepEqual(
    reasonsOf(all.warnings, place.source).filter((line) => line.endsWith("outward-link")),
    ["absolute: outward-link", "d/out: outward-link", "out: outward-link", "self: outward-link"],
  );
  assert.deepEqual(listing(place.arrived("c2")), listing(place.source));
});

copyTest("a link that a policy refuses is skipped; a file that it refuses ends the copy", async (place) => {
  symlinkSync("../file", makeAbove(join(place.source, "d/link")));
  writeFileSync(join(place.source, "file"), "x");
  const refuse = (type: number) => ({
    onRequest: ({ fileMode }: { fileMode: number }) =>
      (fileMode & 0o170000) === type
        ? { code: 7, message: "CopyFileRequest is blocked by policy" }
        : undefined,
  });
  const { skipped, warnings, entries } = await place.copy({}, refuse(0o120000));
  assert.deepEqual([reasonsOf(skipped, place.source), warnings, entries], [["d/link: refused-link"], [], 3]);
  await assert.rejects(place.copy({}, refuse(0o100000)), { name: "CopyError", code: "PERMISSION_DENIED" });
});

copyTest("where a link leads may have to be UTF-8", async (place) => {
  execFileSync("python3", ["-c", "import os; os.symlink(b'\\xff', b'link')"], { cwd: place.source });
  const { skipped } = await place.copy({ links: "all" });
  assert.deepEqual(reasonsOf(skipped, place.source), ["link: odd-link"]);
});

copyTest("a file of two names becomes two, and holes become zeros, with warnings", async (place) => {
  writeFileSync(join(place.source, "a"), "same");
  linkSync(join(place.source, "a"), join(place.source, "b"));
  writeFileSync(join(place.path, "outside"), "x");
  linkSync(join(place.path, "outside"), join(place.source, "c")); // its other name is not in the tree
  writeFileSync(join(place.source, "sparse"), "x");
  truncateSync(join(place.source, "sparse"), 3_000_000);
  const { warnings, bytes } = await place.copy({ window: 1 });
  assert.deepEqual(reasonsOf(warnings, place.source), ["b: hard-link", "sparse: holes"]);
  assert.equal(bytes, 4 + 4 + 1 + 3_000_000);
  assert.deepEqual(listing(place.arrived()), listing(place.source));
});

for (const generation of generations)
  copyTest(
    `set-id bits that an agent of ${generation} takes away from files are warned of, and no others`,
    async (place) => {
      const modes = [0o4755, 0o2755, 0o6711, 0o2644, 0o1755, 0o2745];
      for (const mode of modes) {
        writeFileSync(join(place.source, mode.toString(8)), "x");
        chmodSync(join(place.source, mode.toString(8)), mode);
      }
      const { warnings } = await place.copy({}, { generation });
      const plain = (line: string) => line.replace(/^'([^']*)'.*/, "$1");
      const arrived = new Set(listing(place.arrived()));
      const lost = listing(place.source)
        .filter((line) => !arrived.has(line))
        .map(plain);
      assert.deepEqual(
        lost.map((name) => `${name.slice(2)}: mode-bits`),
        reasonsOf(warnings, place.source),
      );
      if (getuid?.() === 0) assert.deepEqual(lost, ["./2755", "./4755", "./6711"]);
    },
  );

copyTest("the kernel's own files cannot be the source", async (place) => {
  await assert.rejects(place.copy({}, {}, { source: "/proc/self/status" }), {
    name: "CopyError",
    trouble: "host",
    code: "EINVAL",
  });
  const device = await place.copy({}, {}, { source: "/dev/null" });
  assert.deepEqual(device.skipped, [{ path: "/dev/null", reason: "device" }]);
});

copyTest(
  "what is made up as it is read, and has no size, is skipped and not sent as empty",
  async (place) => {
    const made = join(place.source, "a.x");
    writeFileSync(made, "status: well");
    writeFileSync(join(place.source, "a.y"), "");
    const odd = hostOf(withoutSize(libc, statSync(made).ino));
    for (const [source, path] of [
      [place.source, made],
      [made, made],
    ] as const) {
      const result = await place.with({}, (agent) => copyTree(odd, source, `${shareDir}/c1`, agent));
      assert.deepEqual(result.skipped, [{ path, reason: "no-size" }]);
    }
    assert.deepEqual(readdirSync(place.arrived()), ["a.y"]);
  },
);

copyTest("what this user may not read is said so", async (place) => {
  writeFileSync(join(place.source, "secret"), "x");
  const denied = hostOf(denying(libc, (path) => path === "secret"));
  const error = await rejection(
    place.with({}, (agent) => copyTree(denied, place.source, `${shareDir}/c1`, agent)),
  );
  assert.match(
    String(error),
    /^CopyError: Cannot copy ".*\/secret" to ".*": EACCES \(this user may not read it, or /,
  );
});

copyTest("paths and options that cannot be are refused before anything is sent", async (place) => {
  const none = { source: "relative" };
  await assert.rejects(place.copy({}, {}, none), TypeError);
  for (const name of ["..", "a/../b", "a//b", "a\0b", "\ud800"])
    await assert.rejects(place.copy({}, {}, { name }), TypeError);
  for (const options of [
    { window: 0 },
    { window: 1.5 },
    { sliceBytes: 2 ** 23 },
    { windowBytes: 10 },
    { links: "some" as "all" },
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
    { onProgress: 3 as unknown as () => void },
    { windw: 3 } as CopyOptions,
  ])
    await assert.rejects(place.copy(options), TypeError);
  assert.deepEqual(readdirSync(place.guestDirectory), []);
});

test("each reason has its words", () => {
  for (const [reason, words] of Object.entries(copyReasons)) assert.match(words, /^\S.{8,}[^.]$/, reason);
});
