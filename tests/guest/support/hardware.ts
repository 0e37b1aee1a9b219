import { statSync } from "node:fs";
import type { BlockDrive } from "../../../ffi/mod.ts";
import type { Kernel } from "./kernel.ts";

/** A file that the guest has as a disk, and where. */
export interface Disk {
  readonly file: string;
  readonly at: BlockDrive;
  readonly isReadOnly?: boolean;
}

/** What a guest's machine has. */
export interface Hardware {
  /** The socket of its virtiofsd. */
  readonly sharedBy?: string;
  readonly disks: readonly Disk[];
  /** The socket of its daemon for vsock. */
  readonly vsock?: string;
  /** Its memory, as QEMU takes it: enough for most. */
  readonly memory?: string;
  /** "pc" has PCI, "microvm" has virtio-mmio only. */
  readonly machine: "pc" | "microvm";
}

/** The modules that the hardware takes, and the filesystems that are on it. */
export function modulesFor({ machine, disks, vsock }: Hardware): string[] {
  const has = (key: keyof BlockDrive) => disks.some(({ at }) => at[key] !== undefined);
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
  hardware: Hardware,
  kernel: Kernel,
  { initramfs, words, channel }: { initramfs: string; words: readonly string[]; channel: number },
): string[] {
  const bus = hardware.machine === "pc" ? "pci" : "device";
  const { memory = "256M" } = hardware;
  return [
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-accel", "tcg", "-cpu", "max"],
    ...["-machine", machineOf(hardware), "-m", `${memory},slots=4,maxmem=4G`],
    ...["-object", `memory-backend-memfd,id=memory,size=${memory},share=on`],
    ...["-kernel", kernel.image, "-initrd", initramfs, "-append", words.join(" ")],
    ...bridgeIn(hardware),
    ...["-global", "virtio-mmio.force-legacy=false"], // virtiofs needs version 1
    ...["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ...["-device", `virtio-serial-${bus}`, "-chardev", `socket,id=channel,fd=${channel}`],
    ...["-device", "virtserialport,chardev=channel,name=guestshare"],
    ...(hardware.sharedBy === undefined ? [] : sharedOn(bus, hardware.sharedBy)),
    ...(hardware.vsock === undefined ? [] : vsockOn(bus, hardware.vsock)),
    ...disksOf(hardware.disks),
  ];
}

function machineOf({ machine, disks }: Hardware): string {
  if (machine === "microvm") return "microvm,x-option-roms=off,memory-backend=memory";
  const isNvdimm = disks.some(({ at }) => at.nvdimmId !== undefined);
  return `pc,memory-backend=memory${isNvdimm ? ",nvdimm=on" : ""}`;
}

function sharedOn(bus: string, socket: string): string[] {
  return [
    ...["-chardev", `socket,id=shared,path=${socket}`],
    ...["-device", `vhost-user-fs-${bus},chardev=shared,tag=kataShared`],
  ];
}

function vsockOn(bus: string, socket: string): string[] {
  return [
    ...["-chardev", `socket,id=vsock,path=${socket}`],
    ...["-device", `vhost-user-vsock-${bus},chardev=vsock`],
  ];
}

// As Kata has it: in slot 2, which is free as long as it comes first.
function bridgeIn({ disks }: Hardware): string[] {
  const isNeeded = disks.some(({ at }) => at.pciPath !== undefined);
  return isNeeded ? ["-device", "pci-bridge,id=bridge,chassis_nr=1,addr=2,shpc=off"] : [];
}

function disksOf(disks: readonly Disk[]): string[] {
  const isOnScsi = disks.some(({ at }) => at.scsiAddr !== undefined);
  return [
    ...(isOnScsi ? ["-device", "virtio-scsi-pci,id=scsi"] : []),
    ...disks.flatMap((disk, index) => diskOf(disk, `disk${index}`)),
  ];
}

function diskOf({ file, at, isReadOnly = false }: Disk, id: string): string[] {
  const { pciPath, scsiAddr, virtPath, nvdimmId } = at;
  const drive = ["-drive", `if=none,format=raw,file=${file},id=${id},readonly=${isReadOnly ? "on" : "off"}`];
  if (pciPath !== undefined) {
    const slot = pciPath.replace(/^02\//, "");
    return [...drive, "-device", `virtio-blk-pci,drive=${id},bus=bridge,addr=${slot}`];
  }
  if (scsiAddr !== undefined) {
    const [target, lun] = scsiAddr.split(":");
    return [...drive, "-device", `scsi-hd,drive=${id},bus=scsi.0,scsi-id=${target},lun=${lun}`];
  }
  if (virtPath !== undefined) return [...drive, "-device", `virtio-blk-device,drive=${id}`];
  if (nvdimmId === undefined) throw new Error(`Cannot attach ${file}: no address in ${JSON.stringify(at)}`);
  const backend = `memory-backend-file,id=${id},mem-path=${file},size=${statSync(file).size},share=on`;
  return ["-object", backend, "-device", `nvdimm,memdev=${id},id=nv${id}`];
}
