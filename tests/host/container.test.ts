import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { wholeContainer } from "../support/bundles/whole-container.ts";
import { mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import { optionsOf } from "../support/sandbox/binding.ts";
import {
  assertUsed,
  digitsFor,
  mountedTogether,
  shapeBetween,
  usersOf,
} from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { descriptors, mountTable } from "../support/state.ts";

/** Shares a whole container; where the view has what, by destination. */
async function shareWhole(scratch: Scratch) {
  const { container, kinds } = wholeContainer(scratch);
  const share = scratch.share();
  await share.prepare();
  const plan = await share.shareContainer(container, { random: digitsFor(container) });
  const names = new Map<string, string>();
  for (const { destination, shared } of plan.outcomes) {
    if (shared?.hostPath) names.set(destination, shared.hostPath.slice(scratch.hub("").length + 1));
  }
  return {
    container,
    kinds,
    share,
    plan,
    names,
    nameOf: (destination: string) => names.get(destination) as string,
  };
}

mountTest("each mount of a whole container becomes what it has to", async (scratch) => {
  const { plan, names, kinds } = await shareWhole(scratch);
  assert.deepEqual(
    plan.outcomes.map(({ destination, kind }) => `${destination}: ${kind}`),
    kinds,
  );
  assert.equal(plan.rootPath, "/guest/c1/rootfs");
  const inHub = [...names.values()].sort();
  assert.deepEqual(mountedTogether(scratch), inHub);
  assert.deepEqual(usersOf(scratch), Object.fromEntries(inHub.map((name) => [name, ["c1"]])));
  assertUsed(scratch);
});

mountTest("the view has every file of a whole container byte for byte", async (scratch) => {
  const { nameOf } = await shareWhole(scratch);
  const seen = (destination: string, file = "") =>
    readFileSync(scratch.view(`${nameOf(destination)}${file}`), "latin1");
  assert.equal(readFileSync(scratch.view("c1/rootfs/etc/passwd"), "utf8"), "root:x:0:0");
  assert.equal(seen("/etc/hosts"), readFileSync(`${scratch.path}/hosts`, "latin1"));
  assert.equal(seen("/etc/resolv.conf"), "resolv.conf");
  assert.equal(seen("/data", "/file"), "data");
  assert.equal(seen("/own", "/own"), "relative");
  assert.equal(seen("/behind", "/behind"), "behind the link");
  assert.equal(seen("/tree", "/below/deep"), "tree/below/deep");
  assert.equal(seen("/top", "/top"), "tree/top");
  assert.deepEqual(readdirSync(scratch.view(`${nameOf("/top")}/below`)), []);
  for (const key of ["key0", "key1", "key2"])
    assert.match(seen("/config", `/${key}`), new RegExp(`^${key} `));
  assert.match(seen("/many", "/..data/key8"), /^key8 of /);
  assert.match(seen("/token", "/ca.crt"), /^ca.crt of /);
  assert.equal(seen("/disk", "/kept"), "kept");
});

mountTest(
  "what is read-only in a whole container is EROFS, what is not is written to the host",
  async (scratch) => {
    const { nameOf } = await shareWhole(scratch);
    const write = (destination: string, file: string) => () =>
      writeFileSync(scratch.view(`${nameOf(destination)}${file}`), "x");
    for (const [destination, file] of [
      ["/etc/hosts", ""],
      ["/own", "/new"],
      ["/tree", "/new"],
      ["/tree", "/below/new"], // "ro" is for the mounts below too
      ["/top", "/new"],
      ["/config", "/..data/key0"],
      ["/many", "/new"],
      ["/token", "/new"],
    ] as const) {
      assert.throws(write(destination, file), { code: "EROFS" }, `${destination}${file}`);
    }
    for (const path of [`${scratch.path}/hosts`, `${scratch.path}/tree/below/deep`])
      assert.notEqual(readFileSync(path, "utf8"), "x");
    for (const [destination, file, at] of [
      ["/etc/resolv.conf", "", "resolv.conf"],
      ["/data", "/new", "data/new"],
      ["/behind", "/new", "linked/new"],
      ["/disk", "/new", "pods/p1/volumes/kubernetes.io~empty-dir/disk/new"],
    ] as const) {
      write(destination, file)();
      assert.equal(readFileSync(`${scratch.path}/${at}`, "utf8"), "x");
    }
    writeFileSync(scratch.view("c1/rootfs/new"), "x");
    assert.equal(readFileSync(`${scratch.path}/bundle/rootfs/new`, "utf8"), "x");
    assert.equal(optionsOf(scratch, nameOf("/data")), "noexec,nosuid,relatime,rw");
    assert.equal(optionsOf(scratch, nameOf("/own")), "relatime,ro");
  },
);

mountTest(
  "a whole container's mounts are rewritten for the guest, and its storages come in order",
  async (scratch) => {
    const { plan, nameOf, container } = await shareWhole(scratch);
    const mounts = new Map(plan.mounts.map((mount) => [mount.destination, mount]));
    assert.equal(plan.mounts.length, container.mounts?.length);
    for (const destination of ["/proc", "/dev", "/sys/fs/cgroup", "/dev/zero"]) {
      const own = container.mounts?.find((mount) => mount.destination === destination);
      assert.deepEqual(mounts.get(destination), own);
    }
    assert.deepEqual(mounts.get("/etc/hosts"), {
      ...{ destination: "/etc/hosts", type: "bind", source: `/guest/${nameOf("/etc/hosts")}` },
      options: ["rbind", "rprivate", "ro"],
    });
    assert.equal(mounts.get("/own")?.source, `/guest/${nameOf("/own")}`);
    assert.match(mounts.get("/config")?.source ?? "", /^\/guest\/watchable\/c1-[0-9a-f]{16}-config$/);
    assert.equal(mounts.get("/cache")?.source, "/run/kata-containers/sandbox/ephemeral/cache");
    assert.deepEqual(
      plan.storages.map(({ driver, source, fstype }) => [driver, source, fstype]),
      [
        ["watchable-bind", `/guest/${nameOf("/config")}`, "bind"],
        ["watchable-bind", `/guest/${nameOf("/token")}`, "bind"],
        ["ephemeral", "tmpfs", "tmpfs"],
      ],
    );
    assert.ok(statSync(scratch.view("watchable")).isDirectory());
  },
);

mountTest(
  "of two mounts at one destination each is shared from its own source, and unshared",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    mkdirSync(`${scratch.path}/root`);
    const sources = ["first", "second"].map((name) => `${scratch.path}/${name}`);
    for (const source of sources) writeFileSync(source, source);
    const mounts = sources.map((source) => ({ source, destination: "/same", type: "bind" }));
    const container = { id: "c1", rootFs: { target: `${scratch.path}/root` }, mounts };
    const { outcomes } = await share.shareContainer(container);
    assert.deepEqual(
      outcomes.map(({ coveredBy }) => coveredBy),
      [1, undefined],
    );
    const seen = outcomes.map(({ shared }) => readFileSync(shared?.hostPath as string, "utf8"));
    assert.deepEqual(seen, sources);
    await share.unshareContainer(container);
    assert.deepEqual(usersOf(scratch), {});
  },
);

mountTest("unsharing a whole container takes all of it back, and only that", async (scratch) => {
  const { container, share } = await shareWhole(scratch);
  await share.unshareContainer(container);
  assert.deepEqual(readdirSync(scratch.inSandbox("mounts")).sort(), [".users", "watchable"]);
  assert.deepEqual(usersOf(scratch), {});
  const [between, table, open] = [shapeBetween(scratch), mountTable(), descriptors()];
  for (let round = 0; round < 3; round++) {
    await share.shareContainer(container);
    await share.unshareContainer(round === 0 ? container : { id: "c1" });
    assert.deepEqual([shapeBetween(scratch), mountTable(), descriptors()], [between, table, open]);
    await share.unshareContainer(container); // already gone
  }
  await share.shareContainer(container);
  await share.cleanup();
  assert.deepEqual(readdirSync(scratch.hostDir), []);
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
});

mountTest("a container without mounts is its root filesystem alone", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const before = [shapeBetween(scratch), mountTable()];
  const container = { id: "c1", rootFs: { target: scratch.directory("image"), options: ["ro"] } };
  const { mounts, storages, outcomes } = await share.shareContainer(container);
  assert.deepEqual([mounts, storages, outcomes], [[], [], []]);
  assert.equal(optionsOf(scratch, "c1/rootfs"), "relatime,ro");
  await share.unshareContainer(container);
  assert.deepEqual([shapeBetween(scratch), mountTable()], before);
  assert.deepEqual(readdirSync(scratch.inSandbox("mounts")), []);
});

mountTest("a regular file under /dev is shared, and a device there is left to the guest", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  mountTmpfs("/dev/shm");
  try {
    mkdirSync("/dev/shm/guestshare");
    writeFileSync("/dev/shm/guestshare/file", "in dev");
    const sources = ["/dev/shm/guestshare/file", "/dev/shm/guestshare", "/dev/null"];
    const mounts = sources.map((source, i) => ({ source, destination: `/${i}`, options: ["bind"] }));
    const container = { id: "c1", rootFs: { target: scratch.directory("image") }, mounts };
    const { outcomes } = await share.shareContainer(container);
    assert.deepEqual(
      outcomes.map(({ kind, reason }) => `${kind} ${reason}`),
      ["shared bind", "guest host-device", "guest host-device"],
    );
    const [name = ""] = mountedTogether(scratch);
    assert.equal(readFileSync(scratch.view(name), "utf8"), "in dev");
    await share.cleanup();
  } finally {
    unmount("/dev/shm");
  }
});
