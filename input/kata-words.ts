import type { Sandbox } from "../wasm/types.ts";

// The words of Kata's configurations, of its Go runtime and of runtime-rs, and the words of requests that they mean.

type Word<K extends keyof Sandbox> = Readonly<Record<string, NonNullable<Sandbox[K]>>>;

/** shared_fs. */
export const sharedFsWords: Word<"sharedFs"> = {
  "virtio-fs": "virtio-fs",
  // runtime-rs: the virtual machine monitor itself serves virtio-fs. For the guest there is no difference.
  "inline-virtio-fs": "virtio-fs",
  "virtio-fs-nydus": "virtio-fs-nydus",
  "virtio-9p": "virtio-9p",
  none: "none",
};

/** block_device_driver. */
export const blockDeviceDriverWords: Word<"blockDeviceDriver"> = {
  "virtio-scsi": "virtio-scsi",
  "virtio-blk": "virtio-blk",
  "virtio-blk-pci": "virtio-blk",
  "virtio-blk-ccw": "virtio-blk-ccw",
  "virtio-mmio": "virtio-mmio",
  "virtio-blk-mmio": "virtio-mmio",
  nvdimm: "nvdimm",
  "virtio-pmem": "nvdimm",
};

/** virtio_fs_cache. "none" is the older name of "never". */
export const virtioFsCacheWords: Word<"virtioFsCache"> = {
  never: "never",
  none: "never",
  metadata: "metadata",
  auto: "auto",
  always: "always",
};

/** The table [hypervisor.*], and hypervisor_name. */
export const hypervisorWords: Word<"hypervisor"> = {
  qemu: "qemu",
  clh: "clh",
  "cloud-hypervisor": "clh",
  firecracker: "firecracker",
  acrn: "acrn",
  dragonball: "dragonball",
  stratovirt: "stratovirt",
  remote: "remote",
  openvmm: "openvmm",
};

/** emptydir_mode. */
export const emptydirModeWords: Word<"emptydirMode"> = {
  "shared-fs": "shared-fs",
  "block-encrypted": "block-encrypted",
  "block-plain": "block-plain",
};
