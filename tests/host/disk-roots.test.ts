import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { AgentStorage, Container } from "../../ffi/mod.ts";
import { requestError } from "../support/errors.ts";
import {
  changeDisk,
  copyDisk,
  type DiskFilesystem,
  diskTest,
  makeDisk,
  withDevice,
} from "../support/guest/disk-image.ts";
import { Guest } from "../support/guest/disk-image-guest.ts";
import { mountOn, mountsBelow } from "../support/mounts.ts";
import type { Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

const options: Readonly<Record<DiskFilesystem, readonly string[]>> = { ext4: [], xfs: ["nouuid"] };

function rootOn(fstype: DiskFilesystem, scsiAddr: string, id = "c1"): Container {
  return { id, fstype, blockDrive: { scsiAddr } };
}

/** A disk with a root filesystem in its directory "rootfs". */
function makeRoot(scratch: Scratch, fstype: DiskFilesystem): string {
  const image = makeDisk(scratch, `${fstype}.img`, fstype);
  changeDisk(scratch, image, (directory) => {
    mkdirSync(`${directory}/rootfs/etc`, { recursive: true });
    writeFileSync(`${directory}/rootfs/etc/name`, fstype);
  });
  return image;
}

for (const fstype of ["ext4", "xfs"] as const) {
  const needed = [`mkfs.${fstype}`];

  diskTest(
    `the guest mounts a root on ${fstype} with the options of its storage`,
    needed,
    async (scratch) => {
      const image = makeRoot(scratch, fstype);
      const share = scratch.share();
      await share.prepare();
      const before = shapeOf(scratch.hostDir);
      const guest = new Guest(scratch, { "0:1": image });
      const disk = rootOn(fstype, "0:1");
      const shared = await share.shareRootFilesystem(disk);
      assert.deepEqual(shared, {
        guestPath: "/guest/c1/rootfs",
        storages: [
          {
            ...{ driver: "scsi", driverOptions: [], source: "0:1", fstype, mountPoint: "/guest/c1" },
            options: options[fstype],
          },
        ],
      });
      guest.mount(shared?.storages ?? []);
      assert.equal(mountOn(guest.at("/guest/c1"))?.type, fstype);
      assert.equal(readFileSync(guest.at("/guest/c1/rootfs/etc/name"), "utf8"), fstype);
      writeFileSync(guest.at("/guest/c1/rootfs/etc/written"), "by the guest");

      guest.unmount();
      await share.unshareRootFilesystem(disk);
      assert.deepEqual(shapeOf(scratch.hostDir), before);
      await share.cleanup();
      assert.deepEqual(mountsBelow(scratch.hostDir), []);
      changeDisk(scratch, image, (directory) => {
        assert.equal(readFileSync(`${directory}/rootfs/etc/written`, "utf8"), "by the guest");
      });
    },
  );

  diskTest(`two copies of one ${fstype} are mounted at once`, needed, async (scratch) => {
    const image = makeRoot(scratch, fstype);
    const share = scratch.share({ blockDeviceDriver: "virtio-blk" });
    await share.prepare();
    const guest = new Guest(scratch, { "02/01": image, "02/02": copyDisk(image) });
    for (const [id, pciPath] of [
      ["c1", "02/01"],
      ["c2", "02/02"],
    ] as const) {
      const shared = await share.shareRootFilesystem({ id, fstype, blockDrive: { pciPath } });
      guest.mount(shared?.storages ?? []);
      writeFileSync(guest.at(shared?.guestPath as string, "etc/name"), id);
    }
    assert.equal(readFileSync(guest.at("/guest/c1/rootfs/etc/name"), "utf8"), "c1");
    assert.equal(readFileSync(guest.at("/guest/c2/rootfs/etc/name"), "utf8"), "c2");
  });

  diskTest(`a root that is the top of an ${fstype} needs no directory on it`, needed, async (scratch) => {
    const image = makeDisk(scratch, "top.img", fstype);
    const share = scratch.share();
    await share.prepare();
    const guest = new Guest(scratch, { "0:1": image });
    const shared = await share.shareRootFilesystem({ ...rootOn(fstype, "0:1"), rootfsSuffix: "" });
    guest.mount(shared?.storages ?? []);
    const root = guest.at(shared?.guestPath as string);
    assert.equal(mountOn(root)?.type, fstype);
    writeFileSync(`${root}/written`, "by the guest");
    guest.unmount();
    assert.deepEqual(readdirSync(root), []);
  });
}

diskTest("without nouuid a second copy of an xfs is not mounted", ["mkfs.xfs"], async (scratch) => {
  const image = makeRoot(scratch, "xfs");
  const share = scratch.share();
  await share.prepare();
  const guest = new Guest(scratch, { "0:1": image, "0:2": copyDisk(image) });
  const storageOf = async (id: string, scsiAddr: string): Promise<AgentStorage> => {
    const shared = await share.shareRootFilesystem(rootOn("xfs", scsiAddr, id));
    return shared?.storages[0] as AgentStorage;
  };
  const [first, second] = [await storageOf("c1", "0:1"), await storageOf("c2", "0:2")];
  guest.mount([{ ...first, options: [] }]);
  assert.throws(() => guest.mount([{ ...second, options: [] }]), /wrong fs type|Invalid argument/);
  guest.mount([second]);
  assert.equal(readFileSync(guest.at("/guest/c2/rootfs/etc/name"), "utf8"), "xfs");
});

diskTest("a root's source may be a block device or an image, and no directory", [], async (scratch) => {
  const image = makeDisk(scratch, "a.img", "ext4");
  const share = scratch.share();
  await share.prepare();
  const shareFrom = (source: string) =>
    share.shareRootFilesystem({ ...rootOn("ext4", "0:1"), rootFs: { source, target: "/run/c1/rootfs" } });
  const fromDevice = await withDevice(image, (device) => {
    assert.ok(statSync(device).isBlockDevice());
    return shareFrom(device);
  });
  assert.deepEqual(fromDevice, await shareFrom(image));
  const error = await requestError(shareFrom(scratch.directory("passes for a disk")));
  assert.deepEqual([error.code, error.path], ["not-a-disk", "container.rootFs.source"]);
});
