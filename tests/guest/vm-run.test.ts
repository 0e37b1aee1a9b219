// The command `guestshare run`, as root and as an ordinary user.
import assert from "node:assert/strict";
import { chownSync, copyFileSync, existsSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { Child } from "../support/child.ts";
import { runCommand } from "../support/cli/run-command.ts";
import { findTool } from "../support/runner/tools.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { machinesLeft } from "./support/guest-test.ts";
import { leftOf, runWords, startRun } from "./support/run-command.ts";

/** A root filesystem with busybox alone. */
function makeRoot(scratch: Scratch, name: string): string {
  copyFileSync(findTool("busybox") as string, scratch.file(`${name}/bin/busybox`, "", 0o755));
  for (const each of ["sh", "cat", "ls", "sleep", "stty"])
    symlinkSync("busybox", `${scratch.path}/${name}/bin/${each}`);
  return `${scratch.path}/${name}`;
}

function assertNothingLeft(scratch: Scratch): void {
  assert.deepEqual([leftOf(scratch), machinesLeft()], [[], []]);
}

mountTest("run has any directory as /work, and hands on output, input and exit code", async (scratch) => {
  const file = scratch.file("file", "as it was");
  const work = scratch.directory("work");
  const line = "cat; pwd; cat /etc/file; echo x >/etc/file; echo err >&2; echo new >made; exit 7";
  const child = startRun(scratch, ["-v", `${file}:/etc/file:ro`, work, "--", "sh", "-c", line]);
  child.send("from the host");
  const { code, stdout, stderr } = await child.end();
  assert.deepEqual([code, stdout], [7, "from the host\n/work\nas it was"]);
  assert.match(stderr, /Read-only file system\nerr\n$/);
  assert.deepEqual(
    [readFileSync(file, "utf8"), readFileSync(`${work}/made`, "utf8")],
    ["as it was", "new\n"],
  );
  assertNothingLeft(scratch);
});

mountTest(
  "run has a root filesystem as its root, whose changes are lost, and follows new shares",
  async (scratch) => {
    const root = makeRoot(scratch, "root");
    scratch.directory("root/var/tmp");
    symlinkSync("/var/tmp", `${root}/tmp`);
    symlinkSync("../../etc/volatile", `${root}/run`);
    const line =
      "echo x >/tmp/made && cat /var/tmp/made; echo >/made; until [ -e /late ]; do sleep 1; done; cat /late; kill -9 $$";
    const child = startRun(scratch, ["--id", "s1", "-e", "A=b", root, "sh", "-c", line]);
    assert.equal(await child.line(), "x");
    // Another terminal's command enters the namespace of this one.
    const late = `${scratch.file("late", "too late\n")}:/late:ro`;
    const shared = runCommand(["share", "--id", "s1", "--host-dir", scratch.hostDir, late]);
    assert.equal(shared.exitCode, 0, shared.stderr);
    const { code, stdout } = await child.end();
    assert.deepEqual([code, stdout], [137, "x\ntoo late\n"]);
    assert.ok(!existsSync(`${root}/made`) && !existsSync(`${root}/late`));
    assertNothingLeft(scratch);
  },
);

mountTest("run gives the command its terminal, and hands on its keys", async (scratch) => {
  const program = [
    `trap "echo caught; caught=1" INT; stty size; while [ -z "$caught" ]; do sleep 0.1; done`,
    // What is typed right behind Ctrl-C may be lost, as on any terminal.
    `while [ -z "$word" ]; do read word; done; echo "it is $word"; exit 5`,
  ].join("; ");
  const words = runWords(scratch, [makeRoot(scratch, "root"), "--", "sh", "-c", program]);
  const line = words.map((word) => `'${word}'`).join(" ");
  const child = new Child(["script", "-qec", `stty rows 33 cols 77; ${line}; stty -a`, "/dev/null"]);
  let seen = "";
  while (!seen.includes("33 77")) seen += await child.line();
  child.send("\x03");
  while (!seen.includes("caught")) seen += await child.line();
  child.send("42");
  const { stdout } = await child.end();
  assert.match(stdout, /it is 42\r\n[\s\S]*isig icanon/);
  assert.doesNotMatch(seen + stdout, /\r\r/);
  assertNothingLeft(scratch);
});

mountTest("run ends where a signal ends it, while it boots and later", async (scratch) => {
  const work = scratch.directory("work");
  const early = startRun(scratch, [work, "sleep", "1000"]);
  while (!machinesLeft().some((name) => name.startsWith("qemu")))
    await new Promise((go) => setTimeout(go, 10));
  process.kill(early.pid, "SIGTERM");
  const { code, stderr } = await early.end();
  assert.equal(code, 143, stderr);
  assertNothingLeft(scratch);
  const later = startRun(scratch, [
    work,
    "--",
    "sh",
    "-c",
    "trap 'exit 9' INT; echo begun; while :; do sleep 1; done",
  ]);
  assert.equal(await later.line(), "begun");
  process.kill(later.pid, "SIGINT");
  assert.equal((await later.end()).code, 9);
  assertNothingLeft(scratch);
});

mountTest(
  "an ordinary user's Ctrl-C while a machine boots takes all away, and ends with 130",
  async (scratch) => {
    const work = scratch.directory("work");
    for (const path of [scratch.path, scratch.hostDir, work]) chownSync(path, 1000, 1000);
    const line = runWords(scratch, [work, "--", "sleep", "1000"]).map((word) => `'${word}'`);
    const user = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "env", `HOME=${work}`];
    const child = new Child([...(user as [string]), "script", "-qec", line.join(" "), "/dev/null"]);
    while (!machinesLeft().some((name) => name.startsWith("qemu")))
      await new Promise((go) => setTimeout(go, 10));
    child.send("\x03"); // both processes of the command get it, and the inner one once more from the outer
    const { code, stdout } = await child.ended;
    assert.equal(code, 130, stdout);
    assert.match(stdout, /Interrupted/);
    assertNothingLeft(scratch);
  },
);

// Most users are in groups, which QEMU's virtiofsd drops: that takes newgidmap, and a range of group ids for the user.
function inGroups(scratch: Scratch, range: string): [string, ...string[]] {
  const passwd = scratch.file("passwd", "root:x:0:0::/:/bin/sh\nsomebody:x:1000:1000::/:/bin/sh\n");
  const subgid = scratch.file("subgid", range);
  const files = `mount --bind ${passwd} /etc/passwd && mount --bind ${subgid} /etc/subgid && exec "$@"`;
  const groups = ["setpriv", "--reuid=1000", "--regid=1000", "--groups=1000,100"];
  return ["unshare", "--mount", "sh", "-c", files, "sh", ...groups];
}

const users: readonly [name: string, command: (scratch: Scratch) => [string, ...string[]]][] = [
  ["who is in no group", () => ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"]],
  ["who is in groups", (scratch) => inGroups(scratch, "somebody:200000:65536\n")],
];

for (const [name, command] of users)
  mountTest(
    `run gives an ordinary user ${name} a machine that has his files, and leaves nothing`,
    async (scratch) => {
      const work = scratch.directory("work");
      for (const path of [scratch.path, scratch.hostDir, work]) chownSync(path, 1000, 1000);
      const words = runWords(scratch, [work, "--", "sh", "-c", "echo mine >file; id -u; exit 4"]);
      const child = new Child([...command(scratch), "env", `HOME=${work}`, ...words]);
      const { code, stdout, stderr } = await child.end();
      assert.deepEqual([code, stdout], [4, "0\n"], stderr);
      const file = `${work}/file`;
      assert.deepEqual([statSync(file).uid, readFileSync(file, "utf8")], [1000, "mine\n"]);
      assertNothingLeft(scratch);
    },
  );

mountTest("an ordinary user whose groups nobody may drop is told what to install", async (scratch) => {
  const work = scratch.directory("work");
  for (const path of [scratch.path, scratch.hostDir, work]) chownSync(path, 1000, 1000);
  const words = runWords(scratch, [work, "--", "true"]);
  const withQemus = ["env", "-u", "GUESTSHARE_VIRTIOFSD"];
  const { code, stderr } = await new Child([...inGroups(scratch, ""), ...withQemus, ...words]).end();
  assert.equal(code, 1, stderr);
  assert.match(
    stderr,
    /newgidmap, and a range of this user in \/etc\/subgid, missing.*apt-get install uidmap/s,
  );
  assertNothingLeft(scratch);
});
