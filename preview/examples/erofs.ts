import type { Example } from "./example.ts";

const config = `{
  "ociVersion": "1.2.0",
  "root": { "path": "rootfs" },
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/etc/hosts", "type": "bind", "source": "/run/pods/p1/hosts", "options": ["rbind", "ro"] }
  ]
}
`;

const snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1.erofs/snapshots";

const beside = `{
  "id": "app",
  "bundle": "/run/bundles/app",
  "rootFs": {
    "type": "overlay",
    "source": "overlay",
    "target": "rootfs",
    "options": ["lowerdir=${snapshots}/2/fs:${snapshots}/1/fs", "upperdir=${snapshots}/3/fs", "workdir=${snapshots}/3/work"]
  },
  "devices": [
    { "path": "${snapshots}/2/layer.erofs", "blockDrive": { "pciPath": "02/02" } },
    { "path": "${snapshots}/1/layer.erofs", "blockDrive": { "pciPath": "02/01" } },
    { "path": "${snapshots}/3/rwlayer.img", "blockDrive": { "pciPath": "02/03" } }
  ]
}
`;

/** Layers of an image that are disks. */
export const erofs: Example = {
  name: "erofs",
  title: "Layers on erofs",
  teaches:
    "Each layer of the image is a disk with erofs; the guest puts them over each other, and a writable one on top.",
  state: {
    from: "bundle",
    sandbox: { id: "s1", blockDeviceDriver: "virtio-blk" },
    containers: [{ config, beside }],
  },
};
