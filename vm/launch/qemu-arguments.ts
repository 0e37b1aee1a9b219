import { oneOf } from "./fields.ts";
import {
  type CheckedMachine,
  checkedMachine,
  type MachineOptions,
  type SharedDevice,
} from "./launch-options.ts";
import { qemuDisks } from "./qemu-disks.ts";
import { properties } from "./qemu-properties.ts";

/** A machine of QEMU's. */
export interface QemuOptions extends MachineOptions {
  /** "pc" and "q35" have PCI, "microvm" has virtio-mmio only, and emulated maybe no timer. Default "q35". */
  readonly machine?: "pc" | "q35" | "microvm";
  /** "kvm" needs /dev/kvm; "tcg" emulates, slowly. Default "kvm". */
  readonly accelerator?: "kvm" | "tcg";
}

/**
 * The arguments of `qemu-system-x86_64` 7.2 for a machine whose guest has what is shared: memory that virtiofsd can map, the
 * device, and the disks of block storages. It has nothing else: no console, no network, no defaults. Append what you need.
 *
 * @throws {LaunchError} for a field that cannot be.
 *
 * @example
 * ```ts
 * import { qemuArguments } from "guestshare/vm";
 *
 * const args = qemuArguments({
 *   share: { socket: "/run/v.sock", tag: "guestshare" },
 *   disks: [{ file: "/data,1.img", at: { scsiAddr: "0:1" }, readOnly: true }],
 * });
 * console.log(args.filter((word) => /vhost-user-fs|file=/.test(word)).join(" "));
 * // vhost-user-fs-pci,chardev=shared,tag=guestshare,queue-size=1024 if=none,format=raw,file=/data,,1.img,id=disk0,readonly=on
 * ```
 */
export function qemuArguments(options: QemuOptions): string[] {
  const checked = checkedMachine(options, ["machine", "accelerator"]);
  const machine = oneOf(options.machine ?? "q35", "machine", ["pc", "q35", "microvm"]);
  const accelerator = oneOf(options.accelerator ?? "kvm", "accelerator", ["kvm", "tcg"]);
  const { bridges, devices, pmem } = qemuDisks(checked.disks, machine);
  const { memoryMiB, cpus, share } = checked;
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none"],
    ...["-accel", accelerator, "-cpu", accelerator === "kvm" ? "host" : "max", "-smp", String(cpus)],
    ...["-machine", machineWord(machine, pmem.length > 0), "-m", memoryWord(memoryMiB, pmem)],
    ...["-object", `memory-backend-memfd,id=memory,size=${memoryMiB}M,share=on`],
    ...bootArguments(checked),
    ...bridges,
    ...["-global", "virtio-mmio.force-legacy=false"], // virtiofs needs version 1 of virtio
    ...(share === undefined ? [] : shareArguments(share, machine)),
    ...devices,
  ];
}

function machineWord(machine: string, isNvdimm: boolean): string {
  const more = machine === "microvm" ? { "x-option-roms": "off" } : isNvdimm ? { nvdimm: "on" } : {};
  return properties(machine, { "memory-backend": "memory", ...more });
}

const GiB = 1024 ** 3;

// Pmem devices lie behind the memory, each aligned.
function memoryWord(memoryMiB: number, pmem: readonly number[]): string {
  if (pmem.length === 0) return `${memoryMiB}M`;
  const more = pmem.reduce((sum, bytes) => sum + Math.ceil(bytes / GiB) + 1, 0);
  return `${memoryMiB}M,slots=${pmem.length},maxmem=${memoryMiB + more * 1024}M`;
}

function bootArguments({ kernel, initramfs, commandLine }: CheckedMachine): string[] {
  return [
    ...(kernel === undefined ? [] : ["-kernel", kernel]),
    ...(initramfs === undefined ? [] : ["-initrd", initramfs]),
    ...(commandLine.length === 0 ? [] : ["-append", commandLine.join(" ")]),
  ];
}

function shareArguments({ socket, tag, queueSize = 1024 }: SharedDevice, machine: string): string[] {
  const device = machine === "microvm" ? "vhost-user-fs-device" : "vhost-user-fs-pci";
  return [
    ...["-chardev", properties("socket", { id: "shared", path: socket })],
    ...["-device", properties(device, { chardev: "shared", tag, "queue-size": queueSize })],
  ];
}
