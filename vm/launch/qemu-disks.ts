import { type DiskAddress, diskAddress } from "./disk-address.ts";
import { LaunchError } from "./launch-error.ts";
import type { MachineDisk } from "./launch-options.ts";
import { properties } from "./qemu-properties.ts";

/** Disks of a machine of QEMU's, and what else of it they take. */
export interface QemuDisks {
  /** Bridges: they come before all other devices, which would take their slots. */
  readonly bridges: readonly string[];
  readonly devices: readonly string[];
  /** Bytes of pmem devices, which lie behind the memory. */
  readonly pmem: readonly number[];
}

type Placed = MachineDisk & { readonly address: DiskAddress; readonly id: string };

/**
 * The arguments for disks.
 *
 * @throws {LaunchError} for an address that the machine does not have, or that is taken.
 */
export function qemuDisks(disks: readonly MachineDisk[], machine: "pc" | "q35" | "microvm"): QemuDisks {
  const placed = disks.map((disk, index) => {
    const address = diskAddress(disk, `disks[${index}]`);
    return { ...disk, address, id: `disk${index}` };
  });
  for (const [index, one] of placed.entries())
    checkPlace(one, placed.slice(0, index), machine, `disks[${index}]`);
  const bridges = new Set(
    placed.flatMap(({ address }) => (address.bus === "pci" ? (address.bridge ?? []) : [])),
  );
  const isOnScsi = placed.some(({ address }) => address.bus === "scsi");
  return {
    bridges: [...bridges].flatMap((slot, index) => {
      const at = { id: `bridge${slot}`, chassis_nr: index + 1, addr: slot, shpc: "off" };
      return ["-device", properties("pci-bridge", at)];
    }),
    devices: [
      ...(isOnScsi ? ["-device", "virtio-scsi-pci,id=scsi"] : []),
      ...placed.flatMap((disk) => deviceOf(disk, machine)),
    ],
    pmem: placed.flatMap(({ address }) => (address.bus === "pmem" ? address.sizeBytes : [])),
  };
}

function checkPlace({ at, address }: Placed, before: readonly Placed[], machine: string, path: string): void {
  const isTaken = before.some((other) => JSON.stringify(other.address) === JSON.stringify(address));
  const shown = Object.values(at).join(" ");
  if (isTaken) throw new LaunchError(`${path}.at`, shown, "is another disk's address, too");
  if (machine === "microvm" && address.bus !== "virtio")
    throw new LaunchError(`${path}.at`, shown, "has to be a virtPath: a microvm has no other bus");
  if (address.bus !== "virtio" && address.bus !== "pmem") return;
  // The guest's kernel numbers them as they come.
  const index = before.filter((other) => other.address.bus === address.bus).length;
  if (address.index !== index)
    throw new LaunchError(
      `${path}.at`,
      shown,
      `would be number ${index} in the guest: give them in their order`,
    );
}

function deviceOf(
  { file, format = "raw", readOnly = false, address, id }: Placed,
  machine: string,
): string[] {
  const readonly = readOnly ? "on" : "off";
  if (address.bus === "pmem") {
    // A file that is not there would be made.
    const memory = { id, "mem-path": file, size: address.sizeBytes, share: "on", readonly };
    const device = { memdev: id, id: `nv${id}`, ...(readOnly && { unarmed: "on" }) };
    return ["-object", properties("memory-backend-file", memory), "-device", properties("nvdimm", device)];
  }
  const drive = ["-drive", properties("", { if: "none", format, file, id, readonly })];
  return [...drive, "-device", driveDevice(address, id, machine)];
}

function driveDevice(address: Exclude<DiskAddress, { bus: "pmem" }>, drive: string, machine: string): string {
  switch (address.bus) {
    case "pci": {
      const { bridge, slot } = address;
      const bus = bridge === undefined ? {} : { bus: `bridge${bridge}` };
      return properties("virtio-blk-pci", { drive, ...bus, addr: slot });
    }
    case "scsi":
      return properties("scsi-hd", { drive, bus: "scsi.0", "scsi-id": address.target, lun: address.lun });
    case "virtio":
      return properties(machine === "microvm" ? "virtio-blk-device" : "virtio-blk-pci", { drive });
  }
}
