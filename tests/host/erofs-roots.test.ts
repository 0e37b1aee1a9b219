import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { BlockDrive, Container, Device, Sandbox } from "../../ffi/mod.ts";
import { changeDisk, diskTest, makeDisk, makeErofs, withDevice } from "../support/guest/disk-image.ts";
import { Guest } from "../support/guest/disk-image-guest.ts";
import { mount, mountOn, mountsBelow } from "../support/mounts.ts";
import type { Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

const programs = ["mkfs.erofs", "mkfs.ext4"];
const snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1.erofs/snapshots";

/** Images of three layers, the uppermost first: each has its name in "name", and the middle one has no "gone". */
function makeLayers(scratch: Scratch): string[] {
  scratch.file("base/name", "base");
  scratch.file("base/gone", "base");
  scratch.file("base/etc/base", "base");
  scratch.file("middle/name", "middle");
  scratch.file("middle/etc/middle", "middle");
  execFileSync("mknod", [`${scratch.path}/middle/gone`, "c", "0", "0"]); // so an overlay hides a file
  scratch.file("top/name", "top");
  scratch.file("top/etc/middle", "top");
  return ["top", "middle", "base"].map((name, at) =>
    makeErofs(scratch, `snapshots/${3 - at}/layer.erofs`, `${scratch.path}/${name}`),
  );
}

/** A container of these files, and the disks that its guest has them on. */
function onDisks(
  files: readonly string[],
  driveOf: (at: number) => BlockDrive,
): { container: Container; disks: Record<string, string> } {
  const devices: Device[] = files.map((path, at) => ({ path, blockDrive: driveOf(at) }));
  const entries = devices.map(({ path, blockDrive }) => [Object.values(blockDrive)[0], path]);
  const options = [`lowerdir=${snapshots}/3/fs:${snapshots}/2/fs:${snapshots}/1/fs`];
  const rootFs = { type: "overlay", source: "overlay", target: "rootfs", options };
  return { container: { id: "c1", bundle: "/run/c1", rootFs, devices }, disks: Object.fromEntries(entries) };
}

interface Row {
  readonly name: string;
  readonly sandbox: Partial<Sandbox>;
  readonly driveOf: (at: number) => BlockDrive;
}

const rows: readonly Row[] = [
  { name: "virtio-scsi", sandbox: {}, driveOf: (at) => ({ scsiAddr: `0:${at}` }) },
  {
    name: "virtio-blk",
    sandbox: { blockDeviceDriver: "virtio-blk" },
    driveOf: (at) => ({ pciPath: `02/0${at}` }),
  },
];

for (const { name, sandbox, driveOf } of rows) {
  diskTest(
    `layers of erofs on ${name} are stacked under a disk that is written to`,
    programs,
    async (scratch) => {
      const images = makeLayers(scratch);
      const before = images.map((image) => readFileSync(image));
      const writable = makeDisk(scratch, "snapshots/4/rwlayer.img", "ext4");
      const { container, disks } = onDisks([...images, writable], driveOf);
      const share = scratch.share(sandbox);
      await share.prepare();
      const prepared = shapeOf(scratch.hostDir);
      const guest = new Guest(scratch, disks);
      const shared = await share.shareRootFilesystem(container);
      assert.deepEqual(shapeOf(scratch.hostDir), prepared); // all of it is the guest's
      assert.deepEqual(
        shared?.storages.map(({ fstype, options: [first = ""] }) => `${fstype} ${first.split("=")[0]}`),
        ["erofs ro", "erofs ro", "erofs ro", "ext4 ", "overlay lowerdir"],
      );
      guest.mount(shared?.storages ?? []);

      const root = guest.at(shared?.guestPath as string);
      assert.equal(mountOn(root)?.type, "overlay");
      assertStacked(root);
      writeFileSync(`${root}/etc/base`, "by the guest");
      rmSync(`${root}/name`);
      guest.unmount();
      assert.deepEqual(
        images.map((image) => readFileSync(image)),
        before,
      );
      changeDisk(scratch, writable, (directory) => {
        assert.deepEqual(readdirSync(`${directory}/upper`).sort(), ["etc", "name"]);
        assert.equal(readFileSync(`${directory}/upper/etc/base`, "utf8"), "by the guest");
      });

      // Whoever mounts it again finds it as it was left.
      guest.mount(shared?.storages ?? []);
      assert.equal(readFileSync(`${root}/etc/base`, "utf8"), "by the guest");
      assert.ok(!existsSync(`${root}/name`));
    },
  );
}

diskTest("without a disk to write to, what the guest writes is in its memory", programs, async (scratch) => {
  const { container, disks } = onDisks(makeLayers(scratch), (at) => ({ scsiAddr: `0:${at}` }));
  const share = scratch.share();
  await share.prepare();
  const guest = new Guest(scratch, disks);
  const plan = await share.shareContainer(container);
  assert.deepEqual(plan.storages.length, 4);
  guest.mount(plan.storages);
  assertStacked(guest.at(plan.rootPath));
  writeFileSync(guest.at(plan.rootPath, "written"), "by the guest");
  assert.equal(readFileSync(guest.at("/run/kata-containers/c1/fs/written"), "utf8"), "by the guest");
  await share.unshareContainer(container);
  await share.cleanup();
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
});

diskTest("the order of the devices is the order of the layers", programs, async (scratch) => {
  const [top = "", , base = ""] = makeLayers(scratch);
  const { container, disks } = onDisks([base, top], (at) => ({ scsiAddr: `0:${at}` }));
  const share = scratch.share();
  await share.prepare();
  const guest = new Guest(scratch, disks);
  const shared = await share.shareRootFilesystem(container);
  guest.mount(shared?.storages ?? []);
  assert.equal(readFileSync(guest.at(shared?.guestPath as string, "name"), "utf8"), "base");
});

diskTest("layers that the host has mounted are known by what they are", programs, async (scratch) => {
  const images = makeLayers(scratch);
  const lower = images.map((image, at) => {
    const target = scratch.directory(`mounted/${at}`);
    withDevice(image, (device) => mount("-t", "erofs", "-o", "ro", device, target));
    return target;
  });
  const { container, disks } = onDisks(images, (at) => ({ scsiAddr: `0:${at}` }));
  const rootFs = { ...container.rootFs, options: [`lowerdir=${lower.join(":")}`] };
  const share = scratch.share();
  await share.prepare();
  const guest = new Guest(scratch, disks);
  const plan = await share.shareContainer({ ...container, rootFs });
  guest.mount(plan.storages);
  assertStacked(guest.at(plan.rootPath));
});

function assertStacked(root: string): void {
  assert.deepEqual(readdirSync(root).sort(), ["etc", "name"]);
  assert.equal(readFileSync(`${root}/name`, "utf8"), "top");
  assert.equal(readFileSync(`${root}/etc/middle`, "utf8"), "top");
  assert.equal(readFileSync(`${root}/etc/base`, "utf8"), "base");
}
