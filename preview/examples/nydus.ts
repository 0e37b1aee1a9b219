import type { Example } from "./example.ts";

const config = `{
  "ociVersion": "1.2.0",
  "root": { "path": "rootfs" },
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/etc/hostname", "type": "bind", "source": "/run/pods/p1/hostname", "options": ["rbind", "ro"] }
  ]
}
`;

// What nydus' snapshotter says of an image, as containerd carries it: JSON in base64.
const image = btoa(
  JSON.stringify({
    source: "/var/lib/nydus/snapshots/12/fs/image.boot",
    config: '{"device":{"backend":{"type":"registry"}}}',
    snapshotdir: "/var/lib/nydus/snapshots/13",
  }),
);

const beside = `{
  "id": "lazy",
  "bundle": "/run/bundles/lazy",
  "rootFs": {
    "source": "overlay",
    "target": "rootfs",
    "type": "fuse.nydus-overlayfs",
    "options": ["extraoption=${image}"]
  }
}
`;

/** An image that is read while it runs. */
export const nydus: Example = {
  name: "nydus",
  title: "A nydus image",
  teaches: "nydusd serves the image's files when they are read; the guest puts a writable layer over them.",
  state: {
    from: "bundle",
    sandbox: { id: "s1", sharedFs: "virtio-fs-nydus" },
    containers: [{ config, beside }],
  },
};
