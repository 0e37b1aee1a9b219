import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, unlinkSync } from "node:fs";
import type { BlockDrive, Container, Sandbox } from "../../ffi/mod.ts";
import { changeDisk, makeDisk, makeErofs } from "../support/guest/disk-image.ts";
import { mount } from "../support/mounts.ts";
import type { Scratch } from "../support/scratch.ts";
import { assertStorages, assertTree } from "./support/checks.ts";
import { guestTest } from "./support/guest-test.ts";
import { longestName, oddTree } from "./support/odd-tree.ts";
import { hostTree, type TreeEntry } from "./support/tree.ts";

interface Layers {
  /** The uppermost first. */
  readonly images: readonly string[];
  /** What the host's kernel makes of their directories. */
  readonly tree: readonly TreeEntry[];
}

/** Three layers that hide each other's files. */
function makeLayers(scratch: Scratch): Layers {
  unlinkSync(`${oddTree(scratch, "base")}/${longestName}`); // for mkfs.erofs 1.5 it is too long
  scratch.file("base/name", "base");
  scratch.file("base/gone", "base");
  scratch.file("base/etc/base", "base");
  scratch.file("middle/name", "middle", 0o600);
  scratch.file("middle/etc/middle", "middle");
  execFileSync("mknod", [`${scratch.path}/middle/gone`, "c", "0", "0"]); // so an overlay hides a file
  scratch.file("top/name", "top", 0o755);
  scratch.file("top/etc/middle", "top");
  const names = ["top", "middle", "base"];
  const lower = names.map((name) => `${scratch.path}/${name}`);
  const merged = scratch.directory("merged");
  mount("-t", "overlay", "-o", `lowerdir=${lower.join(":")}`, "overlay", merged);
  const images = lower.map((path, at) => makeErofs(scratch, `snapshots/${3 - at}/layer.erofs`, path));
  return { images, tree: hostTree(merged) };
}

const snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1.erofs/snapshots";

function containerOn(files: readonly string[], addressOf: (at: number) => BlockDrive): Container {
  const options = [`lowerdir=${snapshots}/3/fs:${snapshots}/2/fs:${snapshots}/1/fs`];
  return {
    ...{ id: "c1", bundle: "/run/c1" },
    rootFs: { type: "overlay", source: "overlay", target: "rootfs", options },
    devices: files.map((path, at) => ({ path, blockDrive: addressOf(at) })),
  };
}

const ways: readonly [driver: NonNullable<Sandbox["blockDeviceDriver"]>, (at: number) => BlockDrive][] = [
  ["virtio-scsi", (at) => ({ scsiAddr: `0:${at}` })],
  ["virtio-blk", (at) => ({ pciPath: `02/0${at + 1}` })],
];
for (const [blockDeviceDriver, addressOf] of ways) {
  guestTest(
    `layers of erofs on ${blockDeviceDriver} are stacked, under a disk that is written to and under memory`,
    async ({ scratch, storages, shareWith, boot }) => {
      const { images, tree } = makeLayers(scratch);
      const writable = makeDisk(scratch, "snapshots/4/rwlayer.img", "ext4");
      const files = [...images, writable];
      const disks = files.map((file, at) => ({
        ...{ file, at: addressOf(at), readOnly: file !== writable },
      }));
      const { guest, agent } = await boot({ disks: disks.toReversed() });
      await agent.add(storages);
      const share = shareWith({ blockDeviceDriver });

      const inMemory = await share.shareRootFilesystem(containerOn(images, addressOf));
      await agent.add(inMemory?.storages ?? []);
      const root = inMemory?.guestPath as string;
      await assertStorages(guest, inMemory?.storages ?? []);
      await assertTree(guest, root, tree);
      await guest.write(`${root}/etc/base`, "by the guest");
      assert.equal(await guest.read("/run/kata-containers/c1/fs/etc/base"), "by the guest");
      await agent.remove(inMemory?.storages ?? []);

      const onDisk = await share.shareRootFilesystem({ ...containerOn(files, addressOf), id: "c2" });
      await agent.add(onDisk?.storages ?? []);
      const other = onDisk?.guestPath as string;
      await assertStorages(guest, onDisk?.storages ?? []);
      await assertTree(guest, other, tree);
      await guest.write(`${other}/etc/base`, "by the guest");
      await guest.call("unlink", `${other}/name`);
      await agent.remove(onDisk?.storages ?? []);
      await agent.add(onDisk?.storages ?? []); // and it is as it was left
      assert.deepEqual(await guest.names(`${other}/etc`), ["base", "middle"]);
      await assert.rejects(guest.read(`${other}/name`), { code: "ENOENT" });
      await agent.remove(onDisk?.storages ?? []);
      await guest.end();
      changeDisk(scratch, writable, (directory) => {
        assert.deepEqual(readdirSync(`${directory}/upper`).sort(), ["etc", "name"]);
        assert.equal(readFileSync(`${directory}/upper/etc/base`, "utf8"), "by the guest");
      });
    },
  );
}
