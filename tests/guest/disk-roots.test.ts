import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import type { BlockDrive, Sandbox, SharedFile } from "../../ffi/mod.ts";
import { changeDisk, copyDisk, type DiskFilesystem, makeDisk } from "../support/guest/disk-image.ts";
import type { Scratch } from "../support/scratch.ts";
import type { Agent } from "./support/agent.ts";
import { assertMounted, assertStorages, assertTree } from "./support/checks.ts";
import type { Guest } from "./support/guest.ts";
import { type GuestTest, guestTest, inGuest } from "./support/guest-test.ts";
import { fillOddly } from "./support/odd-tree.ts";
import { hostTree, type TreeEntry } from "./support/tree.ts";

interface Root {
  readonly image: string;
  /** What the host's kernel sees on it. */
  readonly tree: readonly TreeEntry[];
}

/** A disk with a root filesystem in its directory "rootfs". */
function makeRoot(scratch: Scratch, name: string, fstype: DiskFilesystem): Root {
  const image = makeDisk(scratch, `${name}.img`, fstype);
  let tree: TreeEntry[] = [];
  changeDisk(scratch, image, (directory) => {
    mkdirSync(`${directory}/rootfs`);
    fillOddly(`${directory}/rootfs`);
    tree = hostTree(`${directory}/rootfs`);
  });
  return { image, tree };
}

/** Shares a root on a disk, and sees it in the guest. */
async function see(
  { guest, agent }: { guest: Guest; agent: Agent },
  test: GuestTest,
  { id, fstype, at, root }: { id: string; fstype: DiskFilesystem; at: BlockDrive; root: Root },
  blockDeviceDriver: NonNullable<Sandbox["blockDeviceDriver"]>,
): Promise<SharedFile> {
  const share = test.shareWith({ blockDeviceDriver });
  const shared = (await share.shareRootFilesystem({ id, fstype, blockDrive: at })) as SharedFile;
  await agent.add(shared.storages);
  await assertStorages(guest, shared.storages);
  await assertMounted(guest, `${inGuest}/${id}`, fstype);
  await assertTree(guest, shared.guestPath, root.tree);
  await guest.write(`${shared.guestPath}/by`, id);
  return shared;
}

function assertWritten(scratch: Scratch, { image }: Root, id: string): void {
  changeDisk(scratch, image, (directory) => assert.equal(readFileSync(`${directory}/rootfs/by`, "utf8"), id));
}

guestTest("a root is on a disk of SCSI, and two copies of one xfs behind a PCI bridge", async (test) => {
  const { scratch, storages, boot } = test;
  const ext4 = makeRoot(scratch, "ext4", "ext4");
  const xfs = makeRoot(scratch, "xfs", "xfs");
  const copy = { ...xfs, image: copyDisk(xfs.image) };
  // Not in the order of their addresses, so that no order of devices passes for one.
  const disks = [
    { file: makeDisk(scratch, "other.img", "ext4"), at: { scsiAddr: "0:2" } },
    { file: copy.image, at: { pciPath: "02/04" } },
    { file: ext4.image, at: { scsiAddr: "0:1" } },
    { file: xfs.image, at: { pciPath: "02/03" } },
  ];
  const machine = await boot({ disks });
  await machine.agent.add(storages);
  const onScsi = { id: "c1", fstype: "ext4", at: { scsiAddr: "0:1" }, root: ext4 } as const;
  const onPci = { id: "c2", fstype: "xfs", at: { pciPath: "02/03" }, root: xfs } as const;
  const again = { ...onPci, id: "c3", at: { pciPath: "02/04" }, root: copy };
  const shared = [
    await see(machine, test, onScsi, "virtio-scsi"),
    await see(machine, test, onPci, "virtio-blk"),
    await see(machine, test, again, "virtio-blk"),
  ];
  for (const { storages } of shared) await machine.agent.remove(storages);
  await machine.guest.end();
  for (const { root, id } of [onScsi, onPci, again]) assertWritten(scratch, root, id);
});

guestTest("a root is on a disk of virtio-mmio, in a machine that has nothing else", async (test) => {
  const { scratch, storages, boot } = test;
  const first = makeRoot(scratch, "first", "ext4");
  const second = makeRoot(scratch, "second", "xfs");
  const disks = [
    { file: first.image, at: { virtPath: "/dev/vda" } },
    { file: second.image, at: { virtPath: "/dev/vdb" } },
  ];
  const machine = await boot({ disks, machine: "microvm" });
  await machine.agent.add(storages);
  const onFirst = { id: "c1", fstype: "ext4", at: { virtPath: "/dev/vda" }, root: first } as const;
  const onSecond = { id: "c2", fstype: "xfs", at: { virtPath: "/dev/vdb" }, root: second } as const;
  const shared = await see(machine, test, onFirst, "virtio-mmio");
  await see(machine, test, onSecond, "virtio-mmio");
  await machine.agent.remove(shared.storages);
  await machine.guest.end();
  assertWritten(scratch, first, "c1");
});
