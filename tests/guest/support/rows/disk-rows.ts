import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { BlockDrive, Mount } from "../../../../ffi/mod.ts";
import { changeDisk, copyDisk, type DiskFilesystem, makeDisk } from "../../../support/guest/disk-image.ts";
import type { Scratch } from "../../../support/scratch.ts";
import { fillImage, image } from "./image.ts";
import type { Row, RowPlace } from "./row.ts";

/** A disk with a container's root in its directory "rootfs"; its path. */
function diskRoot(scratch: Scratch, name: string, fstype: DiskFilesystem): string {
  const disk = makeDisk(scratch, `${name}.img`, fstype);
  changeDisk(scratch, disk, (directory) => {
    mkdirSync(`${directory}/rootfs`);
    fillImage(`${directory}/rootfs`);
    writeFileSync(`${directory}/rootfs/etc/name`, name);
  });
  return disk;
}

/** Starts a container whose root is a disk, and sees it from within. */
async function start(
  { pod, shareWith }: RowPlace,
  id: string,
  { fstype, at }: { fstype: DiskFilesystem; at: BlockDrive },
  blockDeviceDriver: "virtio-scsi" | "virtio-blk" | "virtio-mmio",
): Promise<string> {
  const share = shareWith({ blockDeviceDriver });
  await pod.start({ id, fstype, blockDrive: at }, { share });
  const read = await pod.print(id, "cat /etc/name; stat -f -c %T /");
  await pod.print(id, `echo ${id} > /etc/by`);
  return read;
}

const assertWritten = (scratch: Scratch, disk: string, id: string) =>
  changeDisk(scratch, `${scratch.path}/${disk}`, (directory) =>
    assert.equal(readFileSync(`${directory}/rootfs/etc/by`, "utf8"), `${id}\n`),
  );

const roots: Row = {
  what: "roots are on a disk of SCSI with ext4, and on two of PCI with copies of one xfs",
  disks: (scratch) => {
    const xfs = diskRoot(scratch, "xfs", "xfs");
    return [
      { file: makeDisk(scratch, "other.img", "ext4"), at: { scsiAddr: "0:2" } },
      { file: copyDisk(xfs), at: { pciPath: "02/04" } },
      { file: diskRoot(scratch, "ext4", "ext4"), at: { scsiAddr: "0:1" } },
      { file: xfs, at: { pciPath: "02/03" } },
    ];
  },
  see: async (place) => [
    await start(place, "c1", { fstype: "ext4", at: { scsiAddr: "0:1" } }, "virtio-scsi"),
    await start(place, "c2", { fstype: "xfs", at: { pciPath: "02/03" } }, "virtio-blk"),
    await start(place, "c3", { fstype: "xfs", at: { pciPath: "02/04" } }, "virtio-blk"),
  ],
  after: (scratch) => {
    assertWritten(scratch, "ext4.img", "c1");
    assertWritten(scratch, "xfs.img", "c2");
    assertWritten(scratch, "xfs.img.copy", "c3");
  },
};

const onMmio: Row = {
  what: "roots are on disks of virtio-mmio, in a machine that has nothing else",
  machine: "microvm",
  disks: (scratch) => [
    { file: diskRoot(scratch, "first", "ext4"), at: { virtPath: "/dev/vda" } },
    { file: diskRoot(scratch, "second", "xfs"), at: { virtPath: "/dev/vdb" } },
  ],
  see: async (place) => [
    await start(place, "c1", { fstype: "ext4", at: { virtPath: "/dev/vda" } }, "virtio-mmio"),
    await start(place, "c2", { fstype: "xfs", at: { virtPath: "/dev/vdb" } }, "virtio-mmio"),
  ],
  after: (scratch) => {
    assertWritten(scratch, "first.img", "c1");
    assertWritten(scratch, "second.img", "c2");
  },
};

/** A disk with some files; its path. */
function volumeDisk(scratch: Scratch, name: string): string {
  const disk = makeDisk(scratch, `${name}.img`, "ext4");
  changeDisk(scratch, disk, (directory) => {
    mkdirSync(`${directory}/below`);
    writeFileSync(`${directory}/below/file`, name, { mode: 0o600 });
  });
  return disk;
}

/** A direct volume of a container: a directory of the host's that a disk stands for. */
function volume(scratch: Scratch, name: string, at: BlockDrive, more: Partial<Mount> = {}): Mount {
  const { options = ["rw"] } = more;
  const source = scratch.directory(`volumes/${name}`);
  const directVolume = { device: `/dev/${name}`, fstype: "ext4", options };
  const bind = { destination: `/${name}`, source, type: "bind", blockDrive: at, directVolume };
  return { ...bind, ...more, options: ["rbind", ...options] };
}

const volumes: Row = {
  what: "volumes are on disks: one that is written to, one read-only, one with a group",
  disks: (scratch) => [
    { file: volumeDisk(scratch, "plain"), at: { scsiAddr: "0:1" } },
    { file: volumeDisk(scratch, "closed"), at: { scsiAddr: "1:0" } },
    { file: volumeDisk(scratch, "grouped"), at: { scsiAddr: "2:3" } },
  ],
  see: async ({ scratch, pod }) => {
    const mounts = [
      volume(scratch, "plain", { scsiAddr: "0:1" }),
      volume(scratch, "closed", { scsiAddr: "1:0" }, { options: ["ro"] }),
      volume(scratch, "grouped", { scsiAddr: "2:3" }, { fsGroup: 3000 }),
    ];
    const rootFs = { target: image(scratch, "image", "plain", "closed", "grouped") };
    await pod.start({ id: "c1", rootFs, mounts });
    const read = await pod.print("c1", "cat /plain/below/file /closed/below/file /grouped/below/file");
    const groups = await pod.print("c1", "stat -c '%g %a' /grouped /grouped/below /grouped/below/file");
    assert.match(groups, /^3000 2\d{3}\n3000 2\d{3}\n3000 660$/);
    const { status } = await pod.run("c1", "echo x > /closed/new");
    assert.notEqual(status, 0);
    await pod.print("c1", "echo by the program > /plain/new");
    return [read, groups];
  },
  after: (scratch) =>
    changeDisk(scratch, `${scratch.path}/plain.img`, (directory) =>
      assert.equal(readFileSync(`${directory}/new`, "utf8"), "by the program\n"),
    ),
};

const emptyDirOnDisk: Row = {
  what: "an emptyDir on a disk stays from container to container, for as long as the sandbox lives",
  sandbox: { emptydirMode: "block-plain" },
  disks: (scratch) => [{ file: makeDisk(scratch, "volume.img", "ext4"), at: { scsiAddr: "0:1" } }],
  see: async ({ scratch, pod, guest, traits }) => {
    const source = scratch.directory("pods/p1/volumes/kubernetes.io~empty-dir/volume");
    const mount = volume(scratch, "volume", { scsiAddr: "0:1" }, { source });
    const rootFs = { target: image(scratch, "image", "volume") };
    await pod.start({ id: "c1", rootFs, mounts: [mount] });
    await pod.print("c1", "echo of c1 > /volume/file");
    await pod.remove("c1");
    const isMounted = / \/run\/kata-containers\/sandbox\/storage\/\S+ ext4 /;
    assert.equal(isMounted.test(await guest.read("/proc/self/mounts")), traits.keepsShared);
    await pod.start({ id: "c2", rootFs, mounts: [mount] });
    return pod.print("c2", "cat /volume/file");
  },
};

/** Rows about disks. */
export const diskRows: readonly Row[] = [roots, onMmio, volumes, emptyDirOnDisk];
