import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import type { FilesystemShare } from "../../ffi/mod.ts";
import { planError, stepError } from "../support/errors.ts";
import { counting, lacking, withoutUniqueIds } from "../support/faults/wrapped-libc.ts";
import { mount, mountOn, mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import { refused } from "../support/refused.ts";
import { libc, ownRuntime } from "../support/runtimes.ts";
import { chrootIn } from "../support/sandbox/chroot.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf, stateOf } from "../support/state.ts";

const container = { id: "c1" };

type Operation = (share: FilesystemShare, scratch: Scratch) => Promise<unknown>;
const operations: readonly [name: string, perform: Operation][] = [
  ["prepare", (share) => share.prepare()],
  [
    "sharing a file",
    (share, scratch) => share.shareFile(container, { source: scratch.file("f"), destination: "/f" }),
  ],
  [
    "unsharing a file",
    (share, scratch) => share.unshareFile(container, { destination: "/x", hostPath: scratch.hub("c1-x") }),
  ],
  ["unsharing a container", (share) => share.unshareContainer(container)],
];

for (const change of ["--make-rshared", "--make-private"]) {
  for (const [name, perform] of operations) {
    mountTest(`after mount ${change}, ${name} makes the guard unbindable again`, async (scratch) => {
      const share = scratch.share();
      await share.prepare();
      mount(change, scratch.inSandbox());
      assert.notEqual(mountOn(scratch.inSandbox())?.propagation, "unbindable");
      await perform(share, scratch);
      assert.equal(mountOn(scratch.inSandbox())?.propagation, "unbindable");
      await share.cleanup();
    });
  }
}

mountTest("after mount --make-rshared the inside of a sandbox is no source", async (scratch) => {
  const [one, two] = [scratch.share(), scratch.share({ id: "s2" })];
  await one.prepare();
  await two.prepare();
  const source = scratch.directory("d");
  await one.shareFile(container, { source, destination: "/d" }, { random });
  mount("--make-rshared", scratch.inSandbox());
  const share = `c1-${random}-d`;
  for (const inside of ["", "mounts", "shared", `mounts/${share}`, `shared/${share}`]) {
    for (const options of [[], ["rbind"]]) {
      const mountOne = { source: scratch.inSandbox(inside), destination: "/x", options };
      // Another object of this process may know the guard; a new process does not.
      for (const ways of [{}, { libc: withoutUniqueIds(libc) }, { libc: counting(libc) }]) {
        const other = scratch.share({ id: "s2" }, ways);
        const error = await refused(scratch, () => other.shareFile(container, mountOne));
        assert.match(error.message, /inside a sandbox's directory/);
      }
    }
  }
  await one.cleanup();
  await two.cleanup();
});

mountTest(
  "after mount --make-rshared a sandbox that is used again is in no recursive share",
  async (scratch) => {
    const one = scratch.share({ hostDir: scratch.directory("tree/sandboxes") });
    const two = scratch.share({ id: "s2" });
    await one.prepare();
    await two.prepare();
    mount("--make-rshared", scratch.path);
    await one.shareFile(container, { source: scratch.directory("secret"), destination: "/d" });
    const all = { source: `${scratch.path}/tree`, destination: "/t", options: ["rbind", "ro"] };
    await two.shareFile(container, all, { random });
    const shared = `${scratch.hostDir}/s2/shared/c1-${random}-t`;
    assert.deepEqual(readdirSync(`${shared}/sandboxes/s1/mounts`), []);
    assert.equal(mountsBelow(shared).length, 1);
    await one.cleanup();
    await two.cleanup();
  },
);

mountTest("what lies below somebody else's unbindable mount is shared", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const outer = scratch.directory("outer");
  mount("--bind", outer, outer); // as the kernel's own document on shared subtrees has it
  mount("--make-unbindable", outer);
  const inner = scratch.directory("outer/inner");
  mountTmpfs(inner);
  mkdirSync(`${inner}/data`);
  const mountOne = { source: inner, destination: "/d" };
  await share.shareFile(container, mountOne, { random });
  assert.deepEqual(readdirSync(scratch.view(`c1-${random}-d`)), ["data"]);
  await share.cleanup();
});

mountTest("what lies on an unbindable mount is refused until it is private", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const source = scratch.directory("unbindable");
  mountTmpfs(source);
  mount("--make-unbindable", source);
  const one = { source, destination: "/d" };
  const error = await refused(scratch, () => share.shareFile(container, one));
  assert.match(error.message, /EINVAL \(the source is on an unbindable mount, .*make it private/);
  mount("--make-private", source);
  await share.shareFile(container, one);
  await share.cleanup();
});

mountTest(
  "a hostDir on an unbindable mount is refused with the reason, and nothing is left",
  async (scratch) => {
    const hostDir = scratch.directory("unbindable");
    mountTmpfs(hostDir);
    mount("--make-unbindable", hostDir);
    const before = stateOf(scratch.path);
    const error = await stepError(scratch.share({ hostDir }).prepare());
    assert.match(error.message, /guard .*EINVAL \(the directory is on an unbindable mount, .*give a hostDir/);
    assert.deepEqual(stateOf(scratch.path), before);
  },
);

mountTest("a hostDir below an unbindable mount works, and so do sources beside it", async (scratch) => {
  const outer = scratch.directory("outer");
  mountTmpfs(outer);
  mount("--make-unbindable", outer);
  const inner = scratch.directory("outer/inner");
  mountTmpfs(inner);
  const hostDir = scratch.directory("outer/inner/sandboxes");
  const share = scratch.share({ hostDir });
  await share.prepare();
  const source = scratch.file("outer/inner/file");
  await share.shareFile(container, { source, destination: "/f" }, { random });
  assert.deepEqual(readdirSync(`${hostDir}/s1/shared`), [`c1-${random}-f`]);
  await share.cleanup();
  assert.deepEqual(readdirSync(hostDir), []);
});

// It shows the path of the sandbox's directory in its filesystem, which is another one.
mountTest("a mount that only has a guard's paths is not taken for one", async (scratch) => {
  mkdirSync(scratch.inSandbox());
  const other = scratch.directory("other");
  mountTmpfs(other);
  const lookalike = scratch.directory("other/sandboxes/s1");
  mount("--bind", lookalike, scratch.inSandbox());
  const before = stateOf(scratch.path);
  const error = await refused(scratch, () => scratch.share().prepare());
  assert.match(error.message, /something else is mounted on the sandbox's directory/);
  const left = await planError(scratch.share().cleanup());
  assert.match(left.message, /something else is mounted on the sandbox's directory; unmount it yourself/);
  assert.deepEqual(stateOf(scratch.path), before);
});

mountTest(
  "a second bind over a guard is somebody else's, and the sandbox below it is kept",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    await share.shareFile(container, { source: scratch.file("f"), destination: "/f" });
    mount("--make-private", scratch.inSandbox());
    mount("--bind", scratch.inSandbox(), scratch.inSandbox());
    const before = stateOf(scratch.path);
    for (const call of [() => share.prepare(), () => scratch.share().cleanup()]) {
      await assert.rejects(call(), /something else is mounted on the sandbox's directory/);
      assert.deepEqual(stateOf(scratch.path), before);
    }
    unmount(scratch.inSandbox());
    await share.cleanup();
  },
);

for (const [kernel, calls] of [
  ["this kernel", {}],
  ["a kernel before 6.8", { statmount: 38 }],
] as const) {
  mountTest(`where no clone shows what is covered, on ${kernel}, paths tell`, async (scratch) => {
    await scratch.share().prepare();
    const blind = lacking(libc, { open_tree: 22, open_tree_attr: 22, ...calls });
    const before = stateOf(scratch.path);
    await scratch.share({}, { libc: blind }).prepare();
    assert.deepEqual(stateOf(scratch.path), before);
    await scratch.share({}, { libc: blind }).cleanup();
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
  });
}

mountTest("in a chroot whose root is no mount point all works, and nothing is left", async (scratch) => {
  const root = `${scratch.path}/root`;
  const within = chrootIn(root);
  mkdirSync(`${root}/sandboxes`);
  mkdirSync(`${root}/source`);
  const worker = await Worker.start(ownRuntime, within);
  const sandbox = scratch.sandbox({ hostDir: "/sandboxes" });
  const one = { source: "/source", destination: "/d" };
  const hostPath = `/sandboxes/s1/mounts/c1-${random}-d`;
  const calls = [["prepare"], ["prepare"], ["shareFile", container, one, { random }]] as const;
  for (const call of calls) assert.deepEqual(await worker.obey({ sandbox, calls: [call] }), [{ end: "ok" }]);
  assert.equal(mountsBelow(`${root}/sandboxes/s1`).length, 5);
  const missing = { ...sandbox, sandboxBindMounts: ["/missing"] };
  const [failed] = await worker.obey({ sandbox: { ...missing, id: "s2" }, calls: [["prepare"]] });
  assert.equal(failed?.code, "ENOENT");
  assert.deepEqual(readdirSync(`${root}/sandboxes`), ["s1"]);
  for (const call of [["unshareFile", container, { ...one, hostPath }], ["cleanup"]] as const)
    assert.deepEqual(await worker.obey({ sandbox, calls: [call] }), [{ end: "ok" }]);
  await worker.end();
  assert.deepEqual(shapeOf(`${root}/sandboxes`), [". directory 0755"]);
  for (const { point } of mountsBelow(root).filter(({ point }) => dirname(point) === root)) unmount(point);
});

mountTest("a guard that was looked at once is not looked at again", async (scratch) => {
  const counted = counting(libc);
  await scratch.share().prepare();
  const share = scratch.share({}, { libc: counted });
  const callsOf = async () => {
    const from = counted.log.length;
    await share.unshareFile(container, { destination: "/x", hostPath: scratch.hub("c1-x") });
    return counted.log.slice(from);
  };
  assert.equal((await callsOf()).filter((name) => name === "open_tree_attr").length, 1);
  const calls = await callsOf();
  assert.equal(calls.includes("open_tree_attr"), false);
  assert.equal(calls.filter((name) => name === "statmount").length, 2); // the guard and the hub
  await share.cleanup();
});
