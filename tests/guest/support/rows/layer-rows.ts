import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import type { BlockDrive, Container } from "../../../../ffi/mod.ts";
import { changeDisk, makeDisk, makeErofs } from "../../../support/guest/disk-image.ts";
import type { Scratch } from "../../../support/scratch.ts";
import { image } from "./image.ts";
import { refusal } from "./process-rows.ts";
import type { Row } from "./row.ts";

const snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1.erofs/snapshots";
const files = ["snapshots/2/layer.erofs", "snapshots/1/layer.erofs", "snapshots/3/rwlayer.img"];

/** Two layers of erofs, the upper one first, and a disk to write to. */
function makeLayers(scratch: Scratch): string[] {
  const base = image(scratch, "base");
  scratch.file("base/etc/name", "base");
  scratch.file("base/etc/gone", "base");
  scratch.file("top/etc/name", "top");
  execFileSync("mknod", [`${scratch.path}/top/etc/gone`, "c", "0", "0"]); // so an overlay hides a file
  const [top = "", below = "", writable = ""] = files;
  return [
    makeErofs(scratch, top, `${scratch.path}/top`),
    makeErofs(scratch, below, base),
    makeDisk(scratch, writable, "ext4"),
  ];
}

function containerOn(id: string, count: number, addressOf: (at: number) => BlockDrive): Container {
  const options = [`lowerdir=${snapshots}/2/fs:${snapshots}/1/fs`];
  return {
    ...{ id, bundle: "/run/c1" },
    rootFs: { type: "overlay", source: "overlay", target: "rootfs", options },
    devices: files.slice(0, count).map((path, at) => ({ path, blockDrive: addressOf(at) })),
  };
}

const ways = [
  ["virtio-scsi", (at: number) => ({ scsiAddr: `0:${at}` })],
  ["virtio-blk", (at: number) => ({ pciPath: `02/0${at + 1}` })],
] as const;

const onDisks: readonly Row[] = ways.map(([blockDeviceDriver, addressOf]) => ({
  what: `layers of erofs on ${blockDeviceDriver} are a root, under memory and under a disk`,
  disks: (scratch) => makeLayers(scratch).map((file, at) => ({ file, at: addressOf(at), readOnly: at < 2 })),
  see: async ({ pod, shareWith, traits }) => {
    const share = shareWith({ blockDeviceDriver });
    if (!traits.makesDirectories) {
      const refused = await refusal(pod.start(containerOn("c1", 2, addressOf), { share }));
      assert.match(refused, /^INTERNAL failed to mount overlay to .*ENOENT/);
      return refused;
    }
    const line = "cat /etc/name; echo; ls /etc; echo by the program > /etc/name; cat /etc/name";
    await pod.start(containerOn("c1", 2, addressOf), { share });
    const inMemory = await pod.print("c1", line);
    await pod.remove("c1");
    await pod.start(containerOn("c2", 3, addressOf), { share });
    const onDisk = await pod.print("c2", line);
    await pod.remove("c2");
    await pod.start(containerOn("c2", 3, addressOf), { share });
    const again = await pod.print("c2", "cat /etc/name");
    const first = "top\nname\nby the program";
    assert.deepEqual([inMemory, onDisk, again], [first, first, "by the program"]);
    return [inMemory, onDisk, again];
  },
  after: (scratch, { makesDirectories }) =>
    changeDisk(scratch, `${scratch.path}/${files[2]}`, (directory) => {
      const name = `${directory}/upper/etc/name`;
      assert.equal(existsSync(name) && readFileSync(name, "utf8"), makesDirectories && "by the program\n");
    }),
}));

const IS_LAYER = "io.katacontainers.fs-opt.is-layer";

// The agent hands the options on as they are, and Linux knows none of these.
const byOptions: Row = {
  what: "a layer that an option names is refused by the guest's kernel: it needs one that knows such options",
  disks: (scratch) => {
    const [top = ""] = makeLayers(scratch);
    return [{ file: top, at: { scsiAddr: "0:1" }, readOnly: true }];
  },
  see: async ({ pod, shareWith }) => {
    const layers = "/run/kata-containers/sandbox/layers";
    const named = `io.katacontainers.fs-opt.layer=/l1,erofs,ro,${IS_LAYER}`;
    const options = [`lowerdir=${layers}/l1`, "io.katacontainers.fs-opt.overlay-rw", named];
    const layer = { destination: `${layers}/l1`, type: "erofs", source: "/l1", options: ["ro", IS_LAYER] };
    const mounts = [{ ...layer, blockDrive: { scsiAddr: "0:1" } }];
    const container = { id: "c1", rootFs: { type: "fuse3.kata-overlay", options }, mounts };
    const share = shareWith({ blockDeviceDriver: "virtio-scsi" });
    const reason = await refusal(pod.start(container, { share }));
    assert.match(reason, /^INTERNAL .*EINVAL/);
    return "EINVAL";
  },
};

/** Rows about roots of layers. */
export const layerRows: readonly Row[] = [...onDisks, byOptions];
