import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import type { Container, ContainerPlan, Mount } from "../../ffi/mod.ts";
import {
  containerMounts,
  containerRoot,
  type GuestMount,
  guestScript,
  guestUndoScript,
} from "../../vm/mod.ts";
import { configMap } from "../support/bundles/whole-container.ts";
import { changeDisk, makeDisk, makeErofs } from "../support/guest/disk-image.ts";
import { mount as mountWith } from "../support/mounts.ts";
import { findTool } from "../support/runner/tools.ts";
import type { Scratch } from "../support/scratch.ts";
import type { Guest } from "./support/guest.ts";
import { type GuestTest, guestTest } from "./support/guest-test.ts";
import { writePmem } from "./support/pmem.ts";

async function runScript(guest: Guest, script: string): Promise<void> {
  await guest.write("/tmp/script", script);
  assert.equal(await guest.run("busybox", "sh", "/tmp/script"), "");
}

/** Runs a command in a container's root. */
function inside(guest: Guest, id: string, ...command: readonly string[]): Promise<string> {
  return guest.run("busybox", "chroot", containerRoot({ id }), "/bin/busybox", ...command);
}

const table = (guest: Guest) => guest.read("/proc/self/mountinfo");

// Applies what is wanted, and once more, which changes nothing.
async function apply(guest: Guest, mounts: readonly GuestMount[]): Promise<void> {
  await runScript(guest, guestScript(mounts));
  const before = await table(guest);
  await runScript(guest, guestScript(mounts));
  assert.equal(await table(guest), before);
}

/** A root with busybox alone. */
function rootWithBusybox(scratch: Scratch, name: string): string {
  copyFileSync(findTool("busybox") as string, scratch.file(`${name}/bin/busybox`, "", 0o755));
  return `${scratch.path}/${name}`;
}

function disk(scratch: Scratch, name: string): string {
  const image = makeDisk(scratch, `${name}.img`, "ext4");
  changeDisk(scratch, image, (directory) => writeFileSync(`${directory}/name`, name));
  return image;
}

function emptyDir(scratch: Scratch, name: string, type: string, options: string): Mount {
  const source = scratch.directory(`pods/p1/volumes/kubernetes.io~empty-dir/${name}`);
  mountWith("-t", type, "-o", options, "volume", source);
  return { destination: `/${name}`, source, type: "bind", options: ["rbind"] };
}

function wholeContainer(scratch: Scratch): Container {
  const bind = (destination: string, source: string, ...options: string[]): Mount => ({
    ...{ destination, source, type: "bind", options: ["rbind", "rprivate", ...options] },
  });
  const volume = (name: string, more: Partial<Mount>): Mount => ({
    ...{ destination: `/${name}`, source: `/dev/${name}`, type: "ext4", options: ["rw"], ...more },
  });
  const own = (type: string, destination: string, ...options: string[]): Mount => ({
    ...{ destination, type, source: type, options },
  });
  return {
    ...{ id: "c1", bundle: scratch.path, rootFs: { target: rootWithBusybox(scratch, "root") } },
    hugepageLimits: [{ pageSize: "2MB", limit: 4 << 20 }],
    mounts: [
      own("proc", "/proc", "nosuid", "noexec", "nodev"),
      own("tmpfs", "/dev", "nosuid", "strictatime", "mode=755", "size=65536k"),
      own("devpts", "/dev/pts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"),
      own("mqueue", "/dev/mqueue", "nosuid", "noexec", "nodev"),
      own("tmpfs", "/dev/shm", "size=64k"),
      own("sysfs", "/sys", "nosuid", "noexec", "nodev", "ro"),
      own("cgroup", "/sys/fs/cgroup", "nosuid", "noexec", "nodev", "relatime", "ro"),
      bind("/etc/hosts", scratch.file("hosts", "127.0.0.1 localhost"), "ro"),
      bind("/data with spaces", scratch.directory("data"), "nosuid"),
      bind("/config", configMap(scratch, "small", 3), "ro"),
      emptyDir(scratch, "cache", "tmpfs", "mode=0777"),
      emptyDir(scratch, "disk", "ramfs", "defaults"),
      emptyDir(scratch, "pages", "hugetlbfs", "pagesize=2M"),
      volume("grouped", { blockDrive: { scsiAddr: "0:1" }, fsGroup: 3000 }),
      volume("closed", { blockDrive: { scsiAddr: "2:3" }, options: ["ro"] }),
      volume("new", { blockDrive: { scsiAddr: "1:0" }, createFilesystem: true }),
      volume("pmem", { blockDrive: { nvdimmId: "0", pmem: true } }),
    ],
  };
}

const snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1.erofs/snapshots";

/** A container whose root is in two layers, on disks behind a bridge. */
function layered(scratch: Scratch): { container: Container; files: string[] } {
  rootWithBusybox(scratch, "lower");
  scratch.file("upper/etc/name", "layered");
  const files = ["upper", "lower"].map((name, at) =>
    makeErofs(scratch, `snapshots/${2 - at}/layer.erofs`, `${scratch.path}/${name}`),
  );
  const options = [`lowerdir=${snapshots}/2/fs:${snapshots}/1/fs`];
  const rootFs = { type: "overlay", source: "overlay", target: "rootfs", options };
  const devices = files.map((path, at) => ({ path, blockDrive: { pciPath: `02/0${at + 1}` } }));
  return { container: { id: "c2", bundle: "/run/c2", rootFs, devices, readonlyRootfs: true }, files };
}

function disksOf(scratch: Scratch, layers: readonly string[]) {
  const file = makeDisk(scratch, "dax.img", "ext4");
  execFileSync("mkfs.ext4", ["-q", "-F", "-b", "4096", file]); // blocks as large as pages, as "dax" needs them
  writePmem(`${scratch.path}/pmem`, file);
  const empty = scratch.file("empty.img", "\0".repeat(4 << 20));
  return [
    ...layers.map((layer, at) => ({ file: layer, at: { pciPath: `02/0${at + 1}` }, readOnly: true })),
    { file: disk(scratch, "closed"), at: { scsiAddr: "2:3" } },
    { file: disk(scratch, "grouped"), at: { scsiAddr: "0:1" } },
    { file: empty, at: { scsiAddr: "1:0" } },
    { file: `${scratch.path}/pmem`, at: { nvdimmId: "0" } },
  ];
}

const planOf = ({ storages }: Pick<GuestTest, "storages">, id: string, plan: ContainerPlan) =>
  containerMounts({ id, sandboxStorages: storages, plan });

guestTest(
  "a script that busybox runs makes whole containers, storages of every driver included",
  async (test) => {
    const { scratch, share, shareWith, boot } = test;
    const { container: second, files } = layered(scratch);
    const { guest } = await boot({ disks: disksOf(scratch, files) });
    const first = wholeContainer(scratch);
    const pause = { id: "s1", rootFs: { target: scratch.directory("pause") } };
    const inPause = planOf(test, "s1", await share.shareContainer(pause));
    const inFirst = planOf(test, "c1", await share.shareContainer(first));
    const onPci = shareWith({ blockDeviceDriver: "virtio-blk" });
    const inSecond = planOf(test, "c2", await onPci.shareContainer(second));
    await apply(guest, [...inPause, ...inFirst, ...inSecond]);
    await assertFirst(scratch, guest);
    assert.equal(await inside(guest, "c2", "cat", "/etc/name"), "layered");
    await assert.rejects(inside(guest, "c2", "touch", "/x"), /Read-only file system/);

    // What is shared while it runs comes by the next run; so does the end of a container.
    await update(scratch, guest, [...inPause, ...inFirst, ...inSecond]);
    await apply(guest, [...inPause, ...inSecond]);
    assert.doesNotMatch(await table(guest), / \/run\/kata-containers\/c1\//);
    assert.equal(await inside(guest, "c2", "cat", "/etc/name"), "layered");
    await runScript(guest, guestUndoScript(inSecond));
    assert.doesNotMatch(await table(guest), /kata/);
  },
  { sandbox: { shmSize: 1 << 20, disableGuestEmptyDir: false } },
);

async function assertFirst(scratch: Scratch, guest: Guest): Promise<void> {
  const see = (...command: readonly string[]) => inside(guest, "c1", ...command);
  assert.equal(await see("cat", "/etc/hosts"), "127.0.0.1 localhost");
  await assert.rejects(see("sh", "-c", "echo x >/etc/hosts"), /Read-only file system/);
  await see("sh", "-c", "echo by the guest >'/data with spaces/file'");
  assert.equal(readFileSync(`${scratch.path}/data/file`, "utf8"), "by the guest\n");
  assert.equal(await see("cat", "/grouped/name", "/closed/name"), "groupedclosed");
  assert.equal(
    await see("stat", "-c", "%g %A", "/grouped", "/grouped/name"),
    "3000 drwxrwsr-x\n3000 -rw-rw-r--\n",
  );
  await assert.rejects(see("touch", "/closed/x"), /Read-only file system/);
  await see("touch", "/new/x", "/pmem/x", "/cache/x", "/disk/x", "/dev/shm/x");
  assert.equal(
    await see("cat", "/config/key0"),
    readFileSync(`${scratch.path}/pods/p1/volumes/kubernetes.io~configmap/small/key0`, "utf8"),
  );
  const lines = (await see("cat", "/proc/self/mounts"))
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" "));
  const types = Object.fromEntries(lines.map(([, point, type]) => [point, type]));
  for (const [point, type] of [
    ...[
      ["/proc", "proc"],
      ["/sys", "sysfs"],
      ["/sys/fs/cgroup", "cgroup2"],
      ["/dev/pts", "devpts"],
    ],
    ...[
      ["/dev/mqueue", "mqueue"],
      ["/dev/shm", "tmpfs"],
      ["/cache", "tmpfs"],
      ["/pages", "hugetlbfs"],
    ],
    ...[
      ["/new", "ext4"],
      ["/pmem", "ext4"],
      ["/disk", "virtiofs"],
      ["/etc/hosts", "virtiofs"],
    ],
  ] as const)
    assert.equal(types[point as string], type, point);
  assert.match(await see("cat", "/proc/meminfo"), /HugePages_Total: +2\n/);
  assert.equal(
    await see("sh", "-c", "head -c 3 /dev/zero | wc -c; echo x >/dev/null; ls /dev/fd/0"),
    "3\n/dev/fd/0\n",
  );
}

// A configmap as kubelet turns it over.
async function update(scratch: Scratch, guest: Guest, mounts: readonly GuestMount[]): Promise<void> {
  const volume = `${scratch.path}/pods/p1/volumes/kubernetes.io~configmap/small`;
  for (const name of ["key0", "key1", "key2"])
    scratch.file(`pods/p1/volumes/kubernetes.io~configmap/small/..2025/${name}`, `new ${name}`);
  symlinkSync("..2025", `${volume}/..data_tmp`);
  renameSync(`${volume}/..data_tmp`, `${volume}/..data`);
  for (let tries = 0; (await inside(guest, "c1", "cat", "/config/key1")) !== "new key1"; tries++) {
    assert.ok(tries < 20, "the copy stays old");
    await runScript(guest, guestScript(mounts));
  }
}
