import assert from "node:assert/strict";
import { readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Agent } from "../../ffi/agent/agent.ts";
import { copyTree } from "../../ffi/copy/copy-tree.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import { containerOf } from "../../mod.ts";
import { withFilesystem } from "../support/faults/wrapped-libc.ts";
import { tryMount } from "../support/mounts.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { refused } from "../support/refused.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest, random } from "../support/scratch.ts";

const container = { id: "c1" };

// Some of them are on every machine, others on few.
const kernels = [
  ...["proc", "sysfs", "cgroup", "cgroup2", "cpuset", "debugfs", "tracefs", "securityfs", "configfs", "bpf"],
  ...["mqueue", "devpts", "devtmpfs", "binfmt_misc", "pstore", "efivarfs", "fusectl", "nsfs", "pidfs"],
  ...[
    "selinuxfs",
    "smackfs",
    "apparmorfs",
    "rpc_pipefs",
    "nfsd",
    "resctrl",
    "functionfs",
    "gadgetfs",
    "xenfs",
  ],
  ...["ocfs2_dlmfs", "binder", "openpromfs", "s390_hypfs", "spufs", "ibmasmfs"],
];
const others = [
  ...["tmpfs", "ramfs", "rootfs", "hugetlbfs", "overlay", "ext4", "xfs", "btrfs", "erofs", "squashfs", "zfs"],
  ...["fuse", "fuse.sshfs", "fuseblk", "nfs", "nfs4", "cifs", "ceph", "9p", "virtiofs", "procfs", "cgroup3"],
];

/** An agent that takes everything and writes nothing. */
function takingAgent(): Agent {
  const close = async () => {};
  return { copyFile: async () => {}, close, [Symbol.asyncDispose]: close };
}

mountTest(
  "a source on any filesystem of the kernel's is refused by its name, shared or copied",
  async (scratch) => {
    await scratch.share().prepare();
    const source = scratch.directory("source");
    tryMount("-t", "ramfs", "test", source);
    scratch.file("source/inner");
    for (const type of kernels) {
      const pretending = withFilesystem(libc, { real: "ramfs", seen: type });
      const share = scratch.share({}, { libc: pretending });
      for (const path of [source, join(source, "inner")]) {
        for (const options of [[], ["rbind", "ro"]]) {
          const mount = { source: path, destination: "/x", options };
          const error = await refused(scratch, () => share.shareFile(container, mount));
          assert.equal(error.code, "EINVAL");
          assert.ok(error.message.includes(`the source is on ${type}, which shows the host`), error.message);
        }
      }
      const copied = copyTree(hostOf(pretending), source, "/guest/c1", takingAgent());
      await assert.rejects(
        copied,
        { code: "EINVAL", reason: /shows? the host; the guest has its own/ },
        type,
      );
    }
  },
);

mountTest(
  "a copy leaves out what lies below on any filesystem of the kernel's, and says so",
  async (scratch) => {
    const source = scratch.directory("source");
    const below = scratch.directory("source/below");
    tryMount("-t", "ramfs", "test", below);
    scratch.file("source/below/inner");
    for (const type of kernels) {
      const pretending = withFilesystem(libc, { real: "ramfs", seen: type });
      const { skipped } = await copyTree(hostOf(pretending), source, "/guest/c1", takingAgent());
      assert.deepEqual(skipped, [{ path: below, reason: "kernel" }], type);
    }
  },
);

mountTest("a source on any other filesystem is shared and copied", async (scratch) => {
  await scratch.share().prepare();
  const source = scratch.directory("source");
  tryMount("-t", "ramfs", "test", source);
  scratch.file("source/inner");
  for (const type of others) {
    const pretending = withFilesystem(libc, { real: "ramfs", seen: type });
    const share = scratch.share({}, { libc: pretending });
    const mount = { source, destination: "/x", options: ["rbind"] };
    const shared = await share.shareFile(container, mount, { random });
    assert.deepEqual(readdirSync(scratch.view(`c1-${random}-x`)), ["inner"], type);
    await share.unshareFile(container, { ...mount, hostPath: shared?.hostPath as string });
    const { skipped } = await copyTree(hostOf(pretending), source, "/guest/c1", takingAgent());
    assert.deepEqual(skipped, [], type);
  }
});

const mountable = [
  ...["proc", "sysfs", "cgroup2", "debugfs", "tracefs", "securityfs", "configfs", "bpf", "mqueue"],
  ...["devpts", "devtmpfs", "binfmt_misc", "pstore", "efivarfs", "fusectl"],
];

mountTest(
  "this kernel's filesystems are refused wherever they are mounted, and through links",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    let count = 0;
    for (const type of mountable) {
      const source = scratch.directory(type);
      if (!tryMount("-t", type, type, source)) continue;
      count += 1;
      symlinkSync(source, `${scratch.path}/link-to-${type}`);
      for (const path of [source, `${scratch.path}/link-to-${type}`]) {
        const error = await refused(scratch, () =>
          share.shareFile(container, { source: path, destination: "/x" }),
        );
        assert.ok(error.message.includes(`the source is on ${type}, which shows the host`), error.message);
      }
    }
    assert.ok(count > 4, `only ${count} could be mounted`);
  },
  { skip: isMachineRoot ? false : "mounting them takes the machine's root; each would have been refused" },
);

mountTest("what is left to the guest is not judged", async (scratch) => {
  const bind = (source: string) => ({ destination: source, type: "bind", source, options: ["rbind"] });
  const mounts = [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: ["ro"] },
    { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro"] },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue" },
    bind("/dev"),
    bind("/dev/pts"),
    bind("/sys/kernel"),
    bind("/proc/sys"),
  ].map((mount, i) => ({ ...mount, destination: `/${i}` }));
  scratch.directory("bundle/rootfs");
  const share = scratch.share();
  await share.prepare();
  const config = { root: { path: "rootfs" }, mounts };
  const { outcomes } = await share.shareContainer(
    containerOf(config, { id: "c1", bundle: join(scratch.path, "bundle") }),
  );
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    mounts.map(() => "guest"),
  );
});
