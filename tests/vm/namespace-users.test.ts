import assert from "node:assert/strict";
import { chownSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { geteuid, pid } from "node:process";
import { Child } from "../support/child.ts";
import { binary, runProgram } from "../support/cli/run-command.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { findTool } from "../support/runner/tools.ts";
import { commandOf } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";
import { opened } from "../support/vm/opened.ts";
import { added, asUser, inside, killed, lastOf, own } from "./support/own-namespace.ts";

// Who may enter whose namespace, and what is told of those that are not found.

const skip = !isMachineRoot && "only root is another user at will";

const [hidden, missing] = [`hidden-${pid}`, `missing-${pid}`];

mountTest(
  "root enters no namespace of another user, whose programs it would run",
  async (scratch) => {
    const other = 4321;
    scratch.directory("run");
    chownSync(`${scratch.path}/run`, other, other);
    const run = [`XDG_RUNTIME_DIR=${scratch.path}/run`];
    const asOther = ["setpriv", `--reuid=${other}`, `--regid=${other}`, "--clear-groups"];
    const { child } = await inside([...asOther, ...asUser, ...run, ...commandOf("own-namespace"), own]);
    assert.equal(await added(own, scratch.file("file"), "/file"), "not-entered");
    // In a directory that is named, whatever others have elsewhere under that id is no matter.
    const here = ["share", `${scratch.path}/file`, "--id", own, "--host-dir", scratch.hostDir];
    assert.match(runProgram([...binary, ...here]).stderr, /Cannot find sandbox "own-.*it is not prepared/s);
    const words = ["--id", own, "--host-dir", `${scratch.path}/run/guestshare`];
    const { stderr } = runProgram([...binary, "cleanup", ...words]);
    assert.match(stderr, /\(process \d+\): call it as user 4321, .*next: run it as user 4321/s);
    assert.doesNotMatch(stderr, /nsenter/);
    const adding = [...asOther, "env", ...run, ...commandOf("enter-shares"), own, "/etc/hostname", "/h"];
    assert.equal(await new Child(adding as [string, ...string[]]).line(), "/run/guestshare/machine%2Fh");
    assert.deepEqual(await lastOf(child), ["/etc/hostname -> /h"]);
  },
  { skip },
);

mountTest(
  "what an ordinary user's killed program left, his next one of that id removes, and his gc",
  async (scratch) => {
    const other = 4321;
    scratch.directory("run");
    chownSync(`${scratch.path}/run`, other, other);
    const user = [`--reuid=${other}`, `--regid=${other}`, "--clear-groups"];
    const begin = ["setpriv", ...user, "env", `XDG_RUNTIME_DIR=${scratch.path}/run`] as const;
    const open = () => inside([...begin, ...commandOf("own-namespace"), own]);
    const directory = `${scratch.path}/run/guestshare`;
    // Root's directories are none of his.
    const withKata = `mount -t tmpfs -o mode=0755 run /run && mkdir -p -m 700 /run/kata-containers && exec "$@"`;
    const asRoot = ["unshare", "--mount", "--propagation", "private", "sh", "-c", withKata, "sh"] as const;
    const collect = () => runProgram([...asRoot, ...begin, ...binary, "gc", "--yes"]);
    const first = await open();
    const { stdout } = collect();
    assert.match(stdout, /own-\d+ +unknown +it lives in another mount namespace/);
    await killed(first.child, directory);
    assert.deepEqual(readdirSync(directory), [own]);
    const second = await open();
    await killed(second.child, directory);
    const last = collect();
    assert.match(last.stdout, /own-\d+ +removed +the mount namespace that it lived in is gone/, last.stderr);
    assert.deepEqual([last.exitCode, readdirSync(directory)], [0, []]);
  },
  { skip },
);

mountTest("what is in a scratch directory of another namespace is found by its id alone", async (scratch) => {
  const name = "/scratch-of-it";
  const { child } = await inside([...commandOf("own-namespace"), hidden, `${scratch.path}${name}`]);
  assert.equal(await added(hidden, scratch.file("file"), "/file"), "/run/guestshare/machine%2Ffile");
  assert.equal(await added(missing, scratch.file("file"), "/file"), "not-open");
  const other = await inside([...commandOf("own-namespace"), hidden, `${scratch.path}/another`]);
  assert.equal(await added(hidden, scratch.file("file"), "/file"), "ambiguous");
  const here = await opened(scratch, { id: hidden });
  assert.equal(await added(hidden, scratch.file("file"), "/here"), "/run/guestshare/machine%2Fhere");
  assert.equal((await here.list()).length, 1);
  await here.close();
  await lastOf(other.child);
  await lastOf(child);
});

/** A program of a user without an $XDG_RUNTIME_DIR, whose directory in /tmp has this mode and is not the machine's. */
function withDirectoryOf(mode: string): Child {
  const path = `/tmp/guestshare-${geteuid?.()}`;
  const script = `mkdir -p ${path} && mount -t tmpfs -o mode=${mode} own ${path} && exec "$@"`;
  const command = [
    "unshare",
    "--user",
    "--map-root-user",
    "--mount",
    "env",
    "-u",
    "XDG_RUNTIME_DIR",
  ] as const;
  return new Child([...command, "sh", "-c", script, "sh", ...commandOf("own-namespace"), own]);
}

mountTest(
  "a user without $XDG_RUNTIME_DIR has a directory of his own in /tmp, if nobody else may write to it",
  async () => {
    const child = withDirectoryOf("0700");
    const { directory } = JSON.parse(await child.line());
    assert.equal(directory, `/tmp/guestshare-${geteuid?.()}/${own}/shared`);
    assert.deepEqual(await lastOf(child), []);
    for (const mode of ["0777", "0770", "0701"]) {
      const { code, stdout, stderr } = await withDirectoryOf(mode).end();
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^Cannot open the shares of "own-\d+": no-directory \(.*\$XDG_RUNTIME_DIR/m);
    }
  },
);

mountTest("whoever gets no namespace is told why, and nothing is done", async (scratch) => {
  const limit = ["unshare", "--user", "--map-root-user", "sh", "-c"];
  const script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"';
  const without = await new Child([
    ...(limit as [string]),
    script,
    "sh",
    ...commandOf("own-namespace"),
    own,
  ]).end();
  assert.equal(without.code, 1);
  assert.match(
    without.stderr,
    /^Cannot run in a namespace of its own: unshare: .*\(where this system forbids/m,
  );
  assert.equal(without.stdout, "");
  assert.deepEqual(readdirSync(scratch.hostDir), []);
});

mountTest("groups are not asked for where there is no newgidmap", async (scratch) => {
  const log = scratch.file("log", "");
  scratch.file("bin/unshare", `#!/bin/sh\necho "$*" >>${log}\nexec /usr/bin/unshare "$@"\n`, 0o755);
  for (const name of ["setpriv", "true", "sh", "mount"])
    symlinkSync(findTool(name) as string, `${scratch.path}/bin/${name}`);
  const command = [...asUser, `PATH=${scratch.path}/bin`, ...commandOf("own-namespace"), "fails"];
  const { stderr } = await new Child(command as [string, ...string[]]).end();
  assert.equal(stderr, "of the work itself\n");
  const tried = readFileSync(log, "utf8").trim().split("\n");
  assert.deepEqual([tried.length, tried.filter((line) => line.includes("--map-groups"))], [2, []]);
});
