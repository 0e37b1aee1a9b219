import assert from "node:assert/strict";
import { chownSync, unlinkSync } from "node:fs";
import type { AgentStorage, Container, FilesystemShare, Mount, Sandbox } from "../../ffi/mod.ts";
import { configMap } from "../support/bundles/whole-container.ts";
import { requestError } from "../support/errors.ts";
import { interrupted } from "../support/faults/wrapped-libc.ts";
import { mountTmpfs, mount as mountWith } from "../support/mounts.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { libc } from "../support/runtimes.ts";
import { containerWith, mountedTogether } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";

const bind = (source: string, more: Partial<Mount> = {}): Mount => ({
  ...{ source, destination: "/x", type: "bind", options: ["rbind", "rw"], ...more },
});

async function prepared(scratch: Scratch, sandbox: Partial<Sandbox> = {}): Promise<FilesystemShare> {
  const share = scratch.share(sandbox);
  await share.prepare();
  return share;
}

function emptyDir(scratch: Scratch, name: string, type: string, options = "defaults"): string {
  const path = scratch.directory(`pods/p1/volumes/kubernetes.io~empty-dir/${name}`);
  mountWith("-t", type, "-o", options, "volume", path);
  return path;
}

/** What becomes of a container's only mount: kind, reason, and the storages. */
async function fate(share: FilesystemShare, container: Container) {
  const { outcomes, storages } = await share.shareContainer(container);
  return { fate: `${outcomes[0]?.kind} ${outcomes[0]?.reason}`, storages };
}

mountTest("an emptyDir in memory is the guest's, with the group that the host's has", async (scratch) => {
  const share = await prepared(scratch);
  const source = emptyDir(scratch, "cache", "tmpfs");
  chownSync(source, 0, isMachineRoot ? 2000 : 0);
  const found = await fate(share, containerWith(scratch, "c1", [bind(source)]));
  assert.equal(found.fate, "ephemeral tmpfs-emptydir");
  assert.deepEqual(found.storages[0]?.options, isMachineRoot ? ["fsgid=2000"] : []);
  assert.deepEqual(mountedTogether(scratch), []);
});

const modes: readonly [sandbox: Partial<Sandbox>, fate: string][] = [
  [{}, "shared bind"],
  [{ disableGuestEmptyDir: false }, "local disk-emptydir"],
];
for (const [sandbox, expected] of modes) {
  mountTest(`with ${JSON.stringify(sandbox)} an emptyDir on a disk is ${expected}`, async (scratch) => {
    const share = await prepared(scratch, sandbox);
    const source = emptyDir(scratch, "disk", "ramfs");
    const found = await fate(share, containerWith(scratch, "c1", [bind(source)]));
    assert.equal(found.fate, expected);
    assert.equal(mountedTogether(scratch).length, expected.startsWith("shared") ? 1 : 0);
  });
}

mountTest(
  "an emptyDir in a kubelet's directory that is in memory is on that, and no memory of its own",
  async (scratch) => {
    mountTmpfs(scratch.directory("pods"));
    const onTop = emptyDir(scratch, "memory", "tmpfs");
    const below = scratch.directory("pods/p1/volumes/kubernetes.io~empty-dir/plain");
    for (const [sandbox, expected] of [
      [{}, "shared bind"],
      [{ disableGuestEmptyDir: false }, "local disk-emptydir"],
    ] as const) {
      const share = await prepared(scratch, sandbox);
      assert.equal((await fate(share, containerWith(scratch, "c1", [bind(below)]))).fate, expected);
      assert.equal(
        (await fate(share, containerWith(scratch, "c2", [bind(onTop)]))).fate,
        "ephemeral tmpfs-emptydir",
      );
      await share.cleanup();
    }
  },
);

mountTest("an emptyDir that has to be a disk is refused without one, and taken with one", async (scratch) => {
  const share = await prepared(scratch, { emptydirMode: "block-plain" });
  const source = emptyDir(scratch, "disk", "ramfs");
  const before = stateOf(scratch.hostDir);
  const error = await requestError(share.shareContainer(containerWith(scratch, "c1", [bind(source)])));
  assert.deepEqual([error.code, error.path], ["missing-field", "container.mounts[0].blockDrive"]);
  assert.deepEqual(stateOf(scratch.hostDir), before);
  const disk = bind(source, { blockDrive: { scsiAddr: "0:2" } });
  const found = await fate(share, containerWith(scratch, "c1", [disk]));
  assert.equal(found.fate, "block block-drive");
  assert.equal(found.storages[0]?.source, "0:2");
});

mountTest(
  "huge pages are the guest's, as many as the container may have",
  async (scratch) => {
    const share = await prepared(scratch);
    const source = emptyDir(scratch, "pages", "hugetlbfs", "pagesize=2M");
    const container = containerWith(scratch, "c1", [bind(source)]);
    assert.equal((await requestError(share.shareContainer(container))).code, "missing-hugepage-limit");
    const hugepageLimits = [{ pageSize: "2MB", limit: 8 << 20 }];
    const found = await fate(share, { ...container, hugepageLimits });
    assert.equal(found.fate, "hugepages hugetlbfs-emptydir");
    assert.deepEqual(found.storages[0]?.options, [`pagesize=${2 << 20},size=${8 << 20}`]);
  },
  {
    skip: isMachineRoot
      ? false
      : "only root of the machine may mount hugetlbfs; its pages would be the guest's",
  },
);

mountTest(
  "a watched volume is mounted once, and watched for each mount of each container",
  async (scratch) => {
    const share = await prepared(scratch);
    const source = configMap(scratch, "small", 2);
    const mounts = ["/a", "/b"].map((destination) => bind(source, { destination, options: ["rbind", "ro"] }));
    const watched: AgentStorage[] = [];
    // The second one joins the first one's share; then it is made again under its id.
    for (const id of ["c1", "c2", "c2"]) {
      await share.unshareContainer({ id });
      const { outcomes, storages } = await share.shareContainer(containerWith(scratch, id, mounts));
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ["watchable", "watchable"],
      );
      assert.equal(storages.length, 2, id);
      watched.push(...storages);
    }
    assert.equal(new Set(watched.map(({ source }) => source)).size, 1);
    assert.equal(new Set(watched.map(({ mountPoint }) => mountPoint)).size, watched.length);
  },
);

mountTest("a volume whose files are exchanged while they are counted is shared", async (scratch) => {
  const source = configMap(scratch, "small", 2);
  await prepared(scratch);
  for (let at = 1; at <= 8; at++) {
    const file = scratch.file("pods/p1/volumes/kubernetes.io~configmap/small/..2024_01_01/passing");
    let isThere = true;
    const remove = () => {
      unlinkSync(file);
      isThere = false;
    };
    const share = scratch.share({}, { libc: interrupted(libc, { before: "statx", at }, remove) });
    await share.shareContainer(containerWith(scratch, "c1", [bind(source)]));
    assert.equal(isThere, false, `there is no statx ${at}`);
    await share.unshareContainer({ id: "c1" });
  }
});

mountTest(
  "memory that is shared with the sandbox is bound, else it is the container's own",
  async (scratch) => {
    const mounts = [{ destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["size=64k"] }];
    mountTmpfs(scratch.directory("unused"));
    for (const [shmSize, expected] of [
      [0, "shm own-shm"],
      [1 << 20, "shm sandbox-shm"],
    ] as const) {
      const share = await prepared(scratch, { shmSize });
      assert.equal((await fate(share, containerWith(scratch, "c1", mounts))).fate, expected);
      await share.cleanup();
    }
  },
);
