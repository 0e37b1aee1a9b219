import { statSync } from "node:fs";
import type { Kernel } from "../../../vm/machine/kernel.ts";
import { type MachineDisk, qemuArguments } from "../../../vm/mod.ts";

/** What a guest's machine has. */
export interface Hardware {
  /** The socket of its virtiofsd. */
  readonly sharedBy?: string;
  readonly disks: readonly MachineDisk[];
  /** The socket of its daemon for vsock. */
  readonly vsock?: string;
  /** Enough for most, if it is not said. */
  readonly memoryMiB?: number;
  /** "pc" has PCI, "microvm" has virtio-mmio only. */
  readonly machine: "pc" | "microvm";
}

/** The modules that the hardware takes, and the filesystems that are on it. */
export function modulesFor({ machine, disks, vsock }: Hardware): string[] {
  const has = (key: keyof MachineDisk["at"]) => disks.some(({ at }) => at[key] !== undefined);
  return [
    ...(machine === "pc" ? ["virtio_pci"] : ["virtio_mmio"]),
    ...["virtio_console", "virtiofs", "overlay"],
    ...(vsock === undefined ? [] : ["vmw_vsock_virtio_transport"]),
    ...(has("pciPath") || has("virtPath") ? ["virtio_blk"] : []),
    ...(has("scsiAddr") ? ["virtio_scsi", "sd_mod"] : []),
    ...(has("nvdimmId") ? ["nfit", "nd_pmem"] : []),
    ...(disks.length > 0 ? ["crc32c_generic", "ext4", "xfs", "erofs"] : []),
  ];
}

/** QEMU's arguments. The channel to the guest is the open socket `channel`, its console is standard input and output. */
export function argumentsFor(
  { machine, sharedBy, disks, memoryMiB = 256, vsock }: Hardware,
  kernel: Kernel,
  { initramfs, words, channel }: { initramfs: string; words: readonly string[]; channel: number },
): string[] {
  const bus = machine === "pc" ? "pci" : "device";
  return [
    ...qemuArguments({
      ...{ machine, accelerator: "tcg", memoryMiB, disks: disks.map(sized) },
      ...{ kernel: kernel.image, initramfs, commandLine: words },
      ...(sharedBy !== undefined && { share: { socket: sharedBy, tag: "kataShared" } }),
    }),
    ...["-no-reboot", "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ...["-device", `virtio-serial-${bus}`, "-chardev", `socket,id=channel,fd=${channel}`],
    ...["-device", "virtserialport,chardev=channel,name=guestshare"],
    ...(vsock === undefined ? [] : vsockOn(bus, vsock)),
  ];
}

function sized(disk: MachineDisk): MachineDisk {
  return disk.at.nvdimmId === undefined ? disk : { ...disk, sizeBytes: statSync(disk.file).size };
}

function vsockOn(bus: string, socket: string): string[] {
  return [
    ...["-chardev", `socket,id=vsock,path=${socket}`],
    ...["-device", `vhost-user-vsock-${bus},chardev=vsock`],
  ];
}
