import { LaunchError } from "./launch-error.ts";
import type { MachineDisk } from "./launch-options.ts";

/** Where a disk is in a machine. */
export type DiskAddress =
  /** Behind the PCI bridge in slot `bridge` of the first bus, or on that bus itself. Slots are hexadecimal. */
  | { readonly bus: "pci"; readonly bridge: string | undefined; readonly slot: string }
  | { readonly bus: "scsi"; readonly target: number; readonly lun: number }
  /** The disk of this number among those of virtio: 0 is /dev/vda. */
  | { readonly bus: "virtio"; readonly index: number }
  | { readonly bus: "pmem"; readonly index: number; readonly sizeBytes: number };

const addressNames = ["pciPath", "scsiAddr", "virtPath", "nvdimmId", "devNo"] as const;

/**
 * A disk's address, read.
 *
 * @throws {LaunchError} for none, for two, or for one that cannot be.
 */
export function diskAddress({ at, sizeBytes, format }: MachineDisk, path: string): DiskAddress {
  if (at.kind === "vhost-user-blk")
    throw new LaunchError(
      `${path}.at.kind`,
      at.kind,
      "is served by a daemon of its own; only files are disks here",
    );
  const [name, another] = addressNames.filter((one) => at[one] !== undefined);
  if (name === undefined)
    throw new LaunchError(`${path}.at`, at, "has to have pciPath, scsiAddr, virtPath or nvdimmId");
  if (another !== undefined)
    throw new LaunchError(
      `${path}.at.${another}`,
      at[another],
      `stands beside ${name}: a disk has one address`,
    );
  const value = at[name] as unknown;
  const place = `${path}.at.${name}`;
  const found = typeof value === "string" ? readers[name](value) : undefined;
  if (found === undefined) throw new LaunchError(place, value, shapes[name]);
  if (found.bus !== "pmem") return found;
  if (format === "qcow2") throw new LaunchError(`${path}.format`, format, "has to be raw for a pmem device");
  if (sizeBytes === undefined)
    throw new LaunchError(`${path}.sizeBytes`, sizeBytes, "has to be the file's size for a pmem device");
  return { ...found, sizeBytes };
}

type AddressName = (typeof addressNames)[number];

const shapes: Readonly<Record<AddressName, string>> = {
  pciPath: 'has to be a slot, or a bridge\'s slot and one behind it, such as "02/03"',
  scsiAddr: 'has to be a target and a unit, such as "0:1"',
  virtPath: 'has to be a disk of virtio, such as "/dev/vda"',
  nvdimmId: 'has to be a number, such as "0"',
  devNo: "is a channel of s390x, which is not supported here",
};

const readers: Readonly<Record<AddressName, (value: string) => DiskAddress | undefined>> = {
  pciPath: (value) => {
    const match = /^(?:([01][0-9a-f])\/)?([01][0-9a-f](?:\.[0-7])?)$/.exec(value);
    return match ? { bus: "pci", bridge: match[1], slot: match[2] as string } : undefined;
  },
  scsiAddr: (value) => {
    const [, target, lun] = (/^([0-9]{1,3}):([0-9]{1,5})$/.exec(value) ?? []).map(Number);
    if (target === undefined || lun === undefined || target > 255 || lun > 16_383) return undefined;
    return { bus: "scsi", target, lun };
  },
  virtPath: (value) => {
    const letter = /^\/dev\/vd([a-z])$/.exec(value)?.[1];
    return letter === undefined ? undefined : { bus: "virtio", index: letter.charCodeAt(0) - 97 };
  },
  nvdimmId: (value) =>
    /^[0-9]{1,3}$/.test(value) ? { bus: "pmem", index: Number(value), sizeBytes: 0 } : undefined,
  devNo: () => undefined,
};
