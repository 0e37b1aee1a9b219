import assert from "node:assert/strict";
import { Child } from "../support/child.ts";
import { commandHere } from "../support/cli/command-here.ts";
import { comparable, inSandbox, inTerminal, named } from "../support/cli/in-sandbox.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// `guestshare share`, `unshare` and `remove`: single files, and all of a container, in a sandbox that is prepared.

const sharesOf = (scratch: Scratch) => mountsBelow(scratch.inSandbox("mounts")).slice(1);

async function prepared(scratch: Scratch): Promise<string> {
  await scratch.share().prepare();
  return scratch.file("data/file", "of the host\n");
}

mountTest("a file is shared once for all containers, and goes with the last one", async (scratch) => {
  const file = await prepared(scratch);
  const said = await inSandbox(scratch, ["share", "--container", "c1", `${file}:/x:ro`]);
  const path = "/run/kata-containers/shared/containers/sandbox-<digits>-x";
  assert.equal(comparable(said.stdout, scratch), `/x is ${path.replace("-x", "-file")} in the guest\n`);
  const [, undo = ""] = /^Undo it with:\n {2}guestshare (.*)\n$/.exec(said.stderr) ?? [];
  assert.equal((await inSandbox(scratch, ["share", "--container", "c2", `${file}:/y:ro`])).exitCode, 0);
  assert.deepEqual(sharesOf(scratch).length, 1);
  assert.equal((await commandHere(undo.split(" "))).exitCode, 0);
  assert.deepEqual(sharesOf(scratch).length, 1);
  const { exitCode, stdout } = await inTerminal(scratch, ["unshare", file]);
  assert.deepEqual([exitCode, stdout], [0, "Removed 1 mount from sandbox s1\n"]);
  assert.deepEqual(sharesOf(scratch), []);
});

mountTest("a share of several containers is unshared of one that is named", async (scratch) => {
  const file = await prepared(scratch);
  for (const container of ["c1", "c2"]) await inSandbox(scratch, ["share", "--container", container, file]);
  const { exitCode, stderr } = await inSandbox(scratch, ["unshare", file]);
  assert.equal(exitCode, 64);
  assert.match(stderr, /several containers use it\n {2}next: give one by --container: c1, c2\n$/);
  assert.equal((await inSandbox(scratch, ["unshare", file, "--container", "c1"])).exitCode, 0);
  assert.deepEqual(sharesOf(scratch).length, 1);
});

mountTest("a container is removed with all that it shares, by whichever operation", async (scratch) => {
  const file = await prepared(scratch);
  const share = scratch.share();
  await share.shareContainer({
    id: "c1",
    rootFs: { target: scratch.directory("root") },
    mounts: [{ source: file, destination: "/a" }],
  });
  await share.shareFile({ id: "c1" }, { source: file, destination: "/b" });
  await share.shareFile({ id: "c2" }, { source: file, destination: "/b" });
  assert.equal(sharesOf(scratch).length, 4);
  const { exitCode, stdout } = await inSandbox(scratch, ["remove", "c1", "--json"]);
  assert.deepEqual([exitCode, JSON.parse(stdout).undo], [0, []]);
  assert.deepEqual(
    sharesOf(scratch).map(({ point }) => point.includes("/c2-")),
    [true],
  );
});

mountTest(
  "with --strict a container that a process still uses is not removed, and the process is named",
  async (scratch) => {
    const file = await prepared(scratch);
    await scratch
      .share()
      .shareFile({ id: "c1" }, { source: `${scratch.path}/data`, destination: "/data" }, { together: true });
    const [shared] = sharesOf(scratch);
    const seen = shared?.point.replace("/mounts/", "/shared/");
    const holders: readonly (readonly [script: string, how: RegExp])[] = [
      [`exec 3<${seen}/file; echo ready; read -r _`, /\(sh\) has \S+\/file as open file/],
      [`cd ${seen}; echo ready; read -r _`, /\(sh\) has \S+ as working directory/],
      // As a virtiofsd: in a mount namespace of its own, to which the share propagates.
      [
        `exec unshare -m --propagation slave sh -c 'exec 3<${seen}/file; umount -l ${shared?.point}; echo ready; read -r _'`,
        /\(sh\) has \S+\/file as open file/,
      ],
    ];
    for (const [script, how] of holders) {
      const holder = new Child(["sh", "-c", script]);
      assert.equal(await holder.line(), "ready");
      const { exitCode, stderr } = await inSandbox(scratch, ["remove", "c1", "--strict"]);
      assert.equal(exitCode, 4, stderr);
      assert.match(stderr, /^guestshare: Cannot remove what is still held: EBUSY\n/);
      assert.match(stderr, new RegExp(`why: {2}process ${holder.pid} ${how.source}`));
      assert.equal(sharesOf(scratch).length, 1);
      await holder.end();
    }
    // The source itself is not the share.
    const other = new Child(["sh", "-c", `exec 3<${file}; echo ready; read -r _`]);
    assert.equal(await other.line(), "ready");
    assert.equal((await inSandbox(scratch, ["remove", "c1", "--strict"])).exitCode, 0);
    assert.deepEqual(sharesOf(scratch), []);
    await other.end();
  },
);

mountTest(
  "while another process works on the sandbox, a command waits as long as --wait says, and ends with 4",
  async (scratch) => {
    const file = await prepared(scratch);
    const other = new Child(["flock", scratch.inSandbox(), "sh", "-c", "echo ready; read -r _"]);
    assert.equal(await other.line(), "ready");
    const { exitCode, stderr } = await commandHere(["share", ...named(scratch), "--wait", "20ms", file]);
    await other.end();
    assert.equal(exitCode, 4, stderr);
    assert.match(
      stderr,
      /EAGAIN .*\n {2}why: {2}nothing is shared, and nothing is left behind\n {2}next: wait until the other process is done/,
    );
    assert.deepEqual(sharesOf(scratch), []);
  },
);
