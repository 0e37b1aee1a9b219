import assert from "node:assert/strict";
import { test } from "node:test";
import { NydusdArgumentError, type NydusdStart, nydusdArguments } from "../../ffi/nydusd/arguments.ts";
import { isRafsMountpoint } from "../../ffi/nydusd/mountpoint.ts";

const start: NydusdStart = {
  path: "/usr/local/bin/nydusd",
  apiSocketPath: "/var/lib/api.sock",
  socketPath: "/var/lib/vhost-user.sock",
  sourcePath: "/run/kata-containers/shared/sandboxes/s1/shared",
};
const sockets = "--apisock /var/lib/api.sock --sock /var/lib/vhost-user.sock";

test("nydusdArguments() gives what Kata gives", () => {
  const line = (more: Partial<NydusdStart>) => nydusdArguments({ ...start, ...more }).join(" ");
  assert.equal(line({ debug: true }), `virtiofs --log-level debug ${sockets}`);
  assert.equal(line({ debug: false }), `virtiofs --log-level info ${sockets}`);
  assert.equal(line({}), `virtiofs --log-level info ${sockets}`);
  // Daemons before 2.1 know no subcommands.
  assert.equal(line({ subcommand: false }), `--log-level info ${sockets}`);
});

function refusalOf(more: Partial<NydusdStart>): NydusdArgumentError {
  try {
    nydusdArguments({ ...start, ...more });
  } catch (error) {
    if (error instanceof NydusdArgumentError) return error;
    throw error;
  }
  throw new Error(`Cannot find a refusal of ${JSON.stringify(more)}`);
}

test("nydusdArguments() looks at the socket first, then at the API's, the daemon, and the source", () => {
  const order = ["socketPath", "apiSocketPath", "path", "sourcePath"] as const;
  let wrong: Partial<NydusdStart> = { extraArgs: ["--shared-dir=/"] };
  assert.equal(refusalOf(wrong).field, "extraArgs");
  for (const field of order.toReversed()) {
    for (const value of ["", "relative", "/a\0b"]) {
      const error = refusalOf({ ...wrong, [field]: value });
      assert.deepEqual([error.field, error.value], [field, value]);
    }
    wrong = { ...wrong, [field]: "" };
  }
  assert.equal(
    refusalOf(wrong).message,
    'Cannot start nydusd with socketPath "": has to be an absolute path',
  );
  assert.match(refusalOf({ apiSocketPath: `/${"a".repeat(107)}` }).reason, /at most 107 bytes/);
});

test("nydusdArguments() takes extra arguments that tune the daemon", () => {
  const extra = (...extraArgs: string[]) => nydusdArguments({ ...start, extraArgs }).slice(7);
  assert.deepEqual(extra("--rlimit-nofile", "4"), ["--rlimit-nofile", "4"]);
  assert.deepEqual(extra("--log-rotation-size=0", "--hybrid-mode"), [
    "--log-rotation-size=0",
    "--hybrid-mode",
  ]);
});

for (const extraArgs of [
  // # another share, or place
  ["--shared-dir=/"],
  ["--shared-dir", "/"],
  ["-s", "/"],
  ["-s/"],
  ["--bootstrap=/etc/x"],
  ["-B", "/etc/x"],
  ["--localfs-dir=/"],
  ["--virtual-mountpoint", "/containers"],
  ["--config=/etc/x"],
  ["-C/etc/x"],
  // # what is set already
  ["--sock", "/tmp/x"],
  ["--sock=/tmp/x"],
  ["--apisock=/tmp/x"],
  ["-A/tmp/x"],
  ["--log-level", "trace"],
  ["-l", "trace"],
  ["virtiofs"],
  ["fuse"],
  // # a file of the host, another daemon's state, no daemon at all
  ["--log-file=/etc/passwd"],
  ["-L", "/etc/passwd"],
  ["--supervisor=/tmp/x"],
  ["--upgrade"],
  ["--help"],
  ["--version"],
  ["-V"],
  // # what is hidden in what is allowed
  ["--rlimit-nofile", "--shared-dir=/"],
  ["--rlimit-nofile", "4 --shared-dir=/"],
  ["--rlimit-nofile=4\n--shared-dir=/"],
  ["--rlimit-nofile="],
  ["--rlimit-nofile"],
  ["--rlimit-nofile", "-1"],
  ["--rlimit-nofile", "1", "--rlimit-nofile", "2"],
  ["--hybrid-mode=/"],
  ["--rlimit-nofile", "4", "/"],
  ["--", "--shared-dir=/"],
  ["--"],
  ["-"],
  [""],
  [" --hybrid-mode"],
  ["__proto__"],
  ["constructor=1"],
]) {
  test(`nydusdArguments() refuses ${JSON.stringify(extraArgs)}`, () => {
    assert.equal(refusalOf({ extraArgs }).field, "extraArgs");
  });
}

test("isRafsMountpoint() knows an image's place from any other", () => {
  for (const right of ["/rafs/xxxxaaa/lowerdir", "/rafs/c1/lowerdir", "/rafs/A-1_b.c/lowerdir"])
    assert.ok(isRafsMountpoint(right), right);
  for (const wrong of [
    ...["/", "/rafs", "/xxxx", "/rafs/aaaaa/xxxx", "/rafs//lowerdir"],
    // What Kata's pattern takes: it has no ends, and "." and "+" and "," in its names.
    ...[
      "/x/rafs/c1/lowerdir",
      "/rafs/c1/lowerdir/x",
      "/rafs/../lowerdir",
      "/rafs/./lowerdir",
      "/rafs/+/lowerdir",
    ],
    ...[
      "/rafs/a,b/lowerdir",
      "/rafs/-a/lowerdir",
      "/rafs/.a/lowerdir",
      "/rafs/c1/lowerdir\n",
      "\n/rafs/c1/lowerdir",
    ],
    ...["rafs/c1/lowerdir", "/rafs/c1/lowerdir/", "/rafs/c1/x/lowerdir", "/rafs/c\u00e9/lowerdir", ""],
  ])
    assert.ok(!isRafsMountpoint(wrong), wrong);
});
