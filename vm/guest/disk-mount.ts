import type { AgentStorage } from "../../mod.ts";
import type { DiskDriver, GuestDisk } from "./guest-mount.ts";
import { GuestMountError } from "./guest-mount-error.ts";
import { isForKernel } from "./mount-words.ts";

// How an address is written, for each driver.
const addresses: Readonly<Record<DiskDriver, RegExp>> = {
  scsi: /^\d{1,3}:\d{1,5}$/,
  blk: /^(?:\/dev\/\w+|[\da-f]{2}(?:\.\d)?(?:\/[\da-f]{2}(?:\.\d)?)*)$/,
  "blk-ccw": /^[\da-f]\.[\da-f]\.[\da-f]{4}$/,
  mmioblk: /^\/dev\/\w+$/,
  nvdimm: /^\/dev\/pmem\d+$/,
};

/** The disk of a storage. Throws `GuestMountError` if a script cannot find it, or if only an agent can mount it. */
export function diskOf(driver: DiskDriver, storage: AgentStorage, target: string): GuestDisk {
  const { source, fstype, options, driverOptions, fsGroup } = storage;
  checkAddress(driver, source);
  for (const option of driverOptions) {
    if (option.startsWith("encryption_key=")) throw new GuestMountError("encryption", option);
    if (option !== "create_filesystem") throw new GuestMountError("option", option);
  }
  return {
    ...{ kind: "disk", driver, source, target, options: options.filter(isForKernel) },
    filesystem: fstype || "auto",
    ...(driverOptions.length > 0 && { isEmpty: true }),
    ...(fsGroup && { group: { id: fsGroup.groupId, policy: fsGroup.groupChangePolicy } }),
  };
}

/** Throws `GuestMountError` unless this is how a driver's address is written. */
export function checkAddress(driver: string, source: string): void {
  if (!Object.hasOwn(addresses, driver)) throw new GuestMountError("driver", driver);
  if (!addresses[driver as DiskDriver].test(source)) throw new GuestMountError("device", source);
}
