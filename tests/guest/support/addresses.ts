import { setTimeout as sleep } from "node:timers/promises";
import { GuestError } from "./channel.ts";
import type { Guest } from "./guest.ts";

/** A device's address: a storage's driver and source. */
export interface Address {
  readonly driver: string;
  readonly source: string;
}

/** The guest's device at the address that a storage has for its driver. Waits until it is there. */
export async function deviceAt(
  guest: Guest,
  { driver, source }: Address,
  timeoutMs: number,
): Promise<string> {
  const find = finders[driver];
  if (!find) throw new Error(`Cannot find a device of the driver "${driver}"`);
  const end = performance.now() + timeoutMs;
  for (;;) {
    const device = await find(guest, source);
    if (device !== undefined) return device;
    if (performance.now() > end) break;
    await sleep(20);
  }
  throw new Error(`Cannot find the device "${source}" of the driver "${driver}": the guest has none there`);
}

type Finder = (guest: Guest, source: string) => Promise<string | undefined>;

const finders: Readonly<Record<string, Finder>> = {
  blk: (guest, source) => (source.startsWith("/dev/") ? named(guest, source) : onPci(guest, source)),
  scsi: onScsi,
  mmioblk: named,
  nvdimm: named,
};

// "02/03" is the device in slot 3 of the bus behind the bridge in slot 2 of the first bus.
async function onPci(guest: Guest, path: string): Promise<string | undefined> {
  let directory = "/sys/devices/pci0000:00";
  let bus = "0000:00";
  const slots = path.split("/");
  for (const [index, slot] of slots.entries()) {
    const [device, functionNumber = "0"] = slot.split(".");
    directory += `/${bus}:${device}.${functionNumber}`;
    if (index === slots.length - 1) break;
    [bus = ""] = await namesIn(guest, `${directory}/pci_bus`);
  }
  const virtio = (await namesIn(guest, directory)).find((name) => /^virtio\d+$/.test(name));
  return virtio === undefined ? undefined : blockIn(guest, `${directory}/${virtio}/block`);
}

// "0:1" is the target's number and the disk's in it, on the only controller.
async function onScsi(guest: Guest, address: string): Promise<string | undefined> {
  const [target, lun] = address.split(":");
  for (const host of await namesIn(guest, "/sys/class/scsi_host"))
    await guest.write(`/sys/class/scsi_host/${host}/scan`, `0 ${target} ${lun}`);
  return blockIn(guest, `/sys/bus/scsi/devices/0:0:${address}/block`);
}

async function named(guest: Guest, path: string): Promise<string | undefined> {
  return (await namesIn(guest, "/sys/class/block")).includes(path.replace("/dev/", "")) ? path : undefined;
}

async function blockIn(guest: Guest, directory: string): Promise<string | undefined> {
  const [name] = await namesIn(guest, directory);
  return name === undefined ? undefined : `/dev/${name}`;
}

/** None for a directory that is not there, or not yet. */
async function namesIn(guest: Guest, directory: string): Promise<string[]> {
  try {
    return await guest.names(directory);
  } catch (error) {
    if (error instanceof GuestError && error.code === "ENOENT") return [];
    throw error;
  }
}
