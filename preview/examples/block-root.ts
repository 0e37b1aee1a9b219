import type { Example } from "./example.ts";

const config = `{
  "ociVersion": "1.2.0",
  "root": { "path": "rootfs" },
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/etc/resolv.conf", "type": "bind", "source": "/run/dns/resolv.conf", "options": ["rbind", "ro"] },
    { "destination": "/data", "type": "bind", "source": "/srv/data", "options": ["rbind", "ro", "nosuid", "nodev"] }
  ]
}
`;

const beside = `{
  "id": "db",
  "bundle": "/run/bundles/db",
  "rootFs": { "source": "/dev/mapper/thin-7", "target": "rootfs", "type": "xfs", "options": ["rw"] },
  "fstype": "xfs",
  "blockDrive": { "pciPath": "02/01" }
}
`;

/** A root filesystem that is a disk. */
export const blockRoot: Example = {
  name: "block-root",
  title: "A root on a disk",
  teaches: "The root is a disk with xfs: it is given to the guest, and nothing of it is mounted on the host.",
  state: {
    from: "bundle",
    sandbox: { id: "s1", blockDeviceDriver: "virtio-blk" },
    containers: [{ config, beside }],
  },
};
