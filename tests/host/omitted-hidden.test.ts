import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import type { CallName } from "../../ffi/mod.ts";
import { Child } from "../support/child.ts";
import { counting, interrupted } from "../support/faults/wrapped-libc.ts";
import { mount, mountOn, mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import { refused } from "../support/refused.ts";
import { commandOf, libc } from "../support/runtimes.ts";
import { bindPrivately, kernelBelow } from "../support/sandbox/kernel-below.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";

const container = { id: "c1" };
const name = `c1-${random}-x`;

const rbind = (source: string) => ({ source, destination: "/x", options: ["rbind"] });

async function sharedIn(scratch: Scratch, source: string): Promise<string[]> {
  const share = scratch.share();
  await share.prepare();
  const shared = await share.shareFile(container, rbind(source), { random });
  return (shared?.omitted ?? []).map(({ path, filesystem }) => `${path} ${filesystem}`).sort();
}

mountTest("what is mounted on the root of what is the kernel's goes with it", async (scratch) => {
  const source = scratch.directory("tree");
  const place = scratch.directory("tree/place");
  bindPrivately("/proc", place);
  mountTmpfs(place);
  scratch.file("tree/place/over");
  bindPrivately("/sys", place);
  assert.deepEqual(await sharedIn(scratch, source), ["/x/place proc"]);
  assert.deepEqual(readdirSync(scratch.view(`${name}/place`)), []);
});

mountTest("what is the kernel's on the root of another mount goes alone", async (scratch) => {
  const source = scratch.directory("tree");
  const place = scratch.directory("tree/place");
  mountTmpfs(place);
  scratch.file("tree/place/under");
  bindPrivately("/proc", place);
  assert.deepEqual(await sharedIn(scratch, source), ["/x/place proc"]);
  assert.deepEqual(readdirSync(scratch.view(`${name}/place`)), ["under"]);
});

mountTest(
  "what is the kernel's is found below other things of the kernel's that covered it",
  async (scratch) => {
    const source = scratch.directory("tree");
    bindPrivately("/proc", scratch.directory("tree/a/b/c"));
    bindPrivately("/sys", `${source}/a/b`);
    bindPrivately("/proc", `${source}/a`);
    assert.deepEqual(await sharedIn(scratch, source), ["/x/a proc", "/x/a/b sysfs", "/x/a/b/c proc"]);
    assert.deepEqual(readdirSync(scratch.view(`${name}/a/b/c`)), []);
  },
);

mountTest("what is the kernel's goes where something else hides it, which stays", async (scratch) => {
  const source = scratch.directory("tree");
  bindPrivately("/proc", scratch.directory("tree/a/b/c"));
  bindPrivately("/proc", scratch.directory("tree/a/d/e"));
  // Over both, one tmpfs on the other; and in each there is something more of the kernel's.
  for (const name of ["first", "second"]) {
    mountTmpfs(`${source}/a`);
    scratch.file(`tree/a/b/${name}`);
    bindPrivately("/sys", scratch.directory("tree/a/b/sys"));
    mountTmpfs(scratch.directory("tree/a/kept"));
    scratch.file(`tree/a/kept/${name}`);
  }
  const expected = ["/x/a/b/c proc", "/x/a/b/sys sysfs", "/x/a/b/sys sysfs", "/x/a/d/e proc"];
  assert.deepEqual(await sharedIn(scratch, source), expected);
  const seen = mountsBelow(scratch.view(name)).map(({ point, type }) => [
    point.slice(scratch.view(name).length),
    type,
  ]);
  assert.deepEqual(
    seen.map(([, type]) => type),
    Array.from(seen, () => "tmpfs"),
  );
  assert.deepEqual(seen.map(([point]) => point).sort(), ["", "/a", "/a", "/a/kept", "/a/kept"]);
  const view = scratch.view(`${name}/a`);
  assert.deepEqual(readdirSync(view).sort(), ["b", "kept"]);
  assert.deepEqual(readdirSync(`${view}/b`).sort(), ["second", "sys"]);
  assert.deepEqual(readdirSync(`${view}/kept`), ["second"]);
});

mountTest(
  "a mount whose name is below another one's, which hides nothing of it, is found",
  async (scratch) => {
    const source = scratch.directory("tree");
    mountTmpfs(scratch.directory("tree/a/x"));
    mountTmpfs(`${source}/a`);
    bindPrivately("/proc", scratch.directory("tree/a/x/proc"));
    assert.deepEqual(await sharedIn(scratch, source), ["/x/a/x/proc proc"]);
    assert.deepEqual(readdirSync(scratch.view(`${name}/a/x/proc`)), []);
  },
);

mountTest("names of any bytes lead to what is the kernel's", async (scratch) => {
  const source = scratch.directory("tree");
  const names = ["a b", "new\nline", "back\\slash", "\\040", "ä€😀", "tab\tand#hash"];
  for (const one of names) bindPrivately("/proc", scratch.directory(`tree/${one}`));
  const odd = Buffer.concat([Buffer.from(`${source}/odd`), Buffer.from([0xff])]);
  mkdirSync(odd);
  // mount(8) is given a name that is UTF-8, and the directory is renamed then.
  bindPrivately("/proc", scratch.directory("tree/even/proc"));
  renameSync(`${source}/even`, Buffer.concat([odd, Buffer.from("/even")]));
  const expected = [...names.map((one) => `/x/${one} proc`), "/x/odd\ufffd/even/proc proc"].sort();
  assert.deepEqual(await sharedIn(scratch, source), expected);
  const inView = Buffer.concat([Buffer.from(`${scratch.view(name)}/odd`), Buffer.from([0xff])]);
  assert.deepEqual(readdirSync(Buffer.concat([inView, Buffer.from("/even/proc")])), []);
  for (const one of names) assert.deepEqual(readdirSync(scratch.view(`${name}/${one}`)), []);
});

mountTest("a directory that is renamed meanwhile keeps nothing of the kernel's", async (scratch) => {
  const source = scratch.directory("tree");
  bindPrivately("/proc", scratch.directory("tree/a/proc"));
  bindPrivately("/sys", scratch.directory("tree/b/sys"));
  await scratch.share().prepare();
  const calls = counting(libc);
  await scratch.share({}, { libc: calls }).shareFile(container, rbind(source), { random });
  await scratch.share().unshareFile(container, { ...rbind(source), hostPath: scratch.hub(name) });
  for (let at = calls.log.indexOf("listmount") + 1; at <= calls.log.length; at++) {
    let isAway = false;
    const meanwhile = interrupted(libc, { at }, () => {
      renameSync(`${source}/a`, `${source}/away`);
      isAway = true;
    });
    const share = scratch.share({}, { libc: meanwhile });
    const shared = await share.shareFile(container, rbind(source), { random });
    assert.equal(shared?.omitted?.length, 2, `renamed before call ${at}`);
    for (const path of ["a/proc", "away/proc", "b/sys"]) {
      const view = scratch.view(`${name}/${path}`);
      if (existsSync(view)) assert.deepEqual(readdirSync(view), [], `renamed before call ${at}`);
    }
    await share.unshareFile(container, { ...rbind(source), hostPath: scratch.hub(name) });
    if (isAway) renameSync(`${source}/away`, `${source}/a`);
  }
});

mountTest(
  "the view shows nothing of the kernel's for an instant, to who never stops looking",
  async (scratch) => {
    const { source } = kernelBelow(scratch);
    const share = scratch.share();
    await share.prepare();
    const inShare = ["proc/sys/kernel/core_pattern", "proc/self/mem", "data/sys/kernel/uevent_helper"];
    const paths = [...inShare, "data/sys/power/state", "proc/self/comm", "data/kept/file"];
    const [program, ...args] = commandOf("hammer");
    const seenAt = [scratch.view(name), scratch.hub(name)];
    const hammer = new Child([
      program,
      ...args,
      ...seenAt.flatMap((place) => paths.map((path) => `${place}/${path}`)),
    ]);
    await hammer.line();
    // Sampled: 200 times.
    for (let i = 0; i < 200; i++) {
      await share.shareFile(container, rbind(source), { random });
      await share.unshareFile(container, { ...rbind(source), hostPath: scratch.hub(name) });
    }
    const { stdout } = await hammer.end();
    const seen = JSON.parse(stdout.trim().split("\n").at(-1) as string);
    assert.deepEqual(seen.opened.sort(), seenAt.map((place) => `${place}/data/kept/file`).sort());
    assert.deepEqual(Object.keys(seen.refusals), ["ENOENT"]);
  },
);

const forMounts: readonly CallName[] = [
  "open_tree_attr",
  "open_tree",
  "move_mount",
  "mount_setattr",
  "umount2",
];

mountTest("a share with nothing of the kernel's below takes two mount calls", async (scratch) => {
  const source = scratch.directory("tree");
  bindPrivately("/proc", scratch.directory("tree-beside/proc"));
  await scratch.share().prepare();
  for (const hasMounts of [false, true]) {
    if (hasMounts) mountTmpfs(scratch.directory("tree/below"));
    const counted = counting(libc);
    const share = scratch.share({}, { libc: counted });
    await share.unshareFile(container, { destination: "/x", hostPath: scratch.hub("x") }); // which looks at the guard
    const before = counted.log.length;
    await share.shareFile(container, rbind(source), { random });
    const made = counted.log.slice(before).filter((call) => forMounts.includes(call));
    assert.deepEqual(made, ["open_tree_attr", "move_mount"]);
    await share.unshareFile(container, { ...rbind(source), hostPath: scratch.hub(name) });
  }
});

mountTest("what a killed process left where trees are freed goes with the next one", async (scratch) => {
  const { source, assertFreed } = kernelBelow(scratch);
  const share = scratch.share();
  await share.prepare();
  await share.shareFile(container, rbind(source), { random });
  const good = stateOf(scratch.hostDir);
  await share.unshareFile(container, { ...rbind(source), hostPath: scratch.hub(name) });
  const staging = scratch.inSandbox("staging");
  mkdirSync(staging);
  for (let i = 0; i < 2; i++) bindPrivately(source, staging);
  await share.shareFile(container, rbind(source), { random });
  assertFreed(scratch.view(name));
  assert.equal(stateOf(scratch.hostDir).mounts.length, good.mounts.length);
  assert.deepEqual(readdirSync(scratch.inSandbox()), ["mounts", "namespace", "shared"]);
});

mountTest("what is no directory of ours where trees are freed is refused by its name", async (scratch) => {
  const { source } = kernelBelow(scratch);
  const share = scratch.share();
  await share.prepare();
  writeFileSync(scratch.inSandbox("staging"), "somebody's");
  const error = await refused(scratch, () => share.shareFile(container, rbind(source)));
  assert.match(error.message, /EEXIST \(it is no directory; remove it yourself\)/);
});

mountTest("the next share of an object knows what was mounted and moved meanwhile", async (scratch) => {
  const source = scratch.directory("tree");
  const elsewhere = scratch.directory("elsewhere");
  bindPrivately("/proc", elsewhere);
  const share = scratch.share();
  await share.prepare();
  const omitted = async () => {
    const shared = await share.shareFile(container, rbind(source), { random });
    await share.unshareFile(container, { ...rbind(source), hostPath: scratch.hub(name) });
    return shared?.omitted?.map(({ path }) => path);
  };
  assert.equal(await omitted(), undefined);
  mount("--make-private", scratch.path);
  mount("--move", elsewhere, scratch.directory("tree/moved"));
  assert.deepEqual(await omitted(), ["/x/moved"]);
  unmount(`${source}/moved`);
  assert.equal(await omitted(), undefined);
  bindPrivately("/sys", `${source}/moved`);
  assert.deepEqual(await omitted(), ["/x/moved"]);
  assert.equal(mountOn(`${source}/moved`)?.type, "sysfs");
});
