import { refuse } from "../refusal";
import { BlockDrive } from "../request/block-drive";
import { RequestLocation } from "../request/location";
import { BlockDriver, Hypervisor, Sandbox } from "../request/sandbox";
import { Storage } from "../storage";
import { Text } from "../text";

/** How the agent finds a disk: its driver, and the disk's address with the name of the field that has it. */
@final @unmanaged
class Address {
  constructor(
    readonly driver: string,
    readonly field: string,
    readonly value: Text | null,
  ) {}
}

/** The storage of a disk, without filesystem and mount point (Kata's handleBlockVolume); null if the disk is refused. */
export function diskStorage(sandbox: Sandbox, drive: BlockDrive, location: RequestLocation): Storage | null {
  const address = addressOf(sandbox, drive);
  if (address == null) {
    refuse("unsupported-block-device-driver", Text.of("nvdimm"), Text.of("sandbox.blockDeviceDriver"));
    return null;
  }
  return storageAt(address, location);
}

/** As `diskStorage`, for a disk that may be a pmem device. A root filesystem may not be one. */
export function diskOrPmemStorage(sandbox: Sandbox, drive: BlockDrive, location: RequestLocation): Storage | null {
  if (!drive.pmem) return diskStorage(sandbox, drive, location);
  const storage = storageAt(new Address("nvdimm", "nvdimmId", drive.nvdimmId), location);
  if (storage == null) return null;
  storage.source = Text.of("/dev/pmem") + storage.source;
  storage.fstype = drive.format;
  storage.option(Text.of("dax"));
  return storage;
}

/** The storage of a vhost-user-blk disk, which has a PCI path whatever the block device driver is. */
export function vhostUserStorage(drive: BlockDrive, location: RequestLocation): Storage | null {
  return storageAt(new Address("blk", "pciPath", drive.pciPath), location);
}

function storageAt(address: Address, location: RequestLocation): Storage | null {
  const value = address.value;
  if (value != null && value.length > 0) return new Storage(address.driver, value, Text.empty, Text.empty);
  location.lacks(address.field);
  return null;
}

function addressOf(sandbox: Sandbox, drive: BlockDrive): Address | null {
  const driver = sandbox.blockDeviceDriver;
  if (driver == BlockDriver.VirtioMmio) return new Address("mmioblk", "virtPath", drive.virtPath);
  if (driver == BlockDriver.VirtioBlkCcw) return new Address("blk-ccw", "devNo", drive.devNo);
  if (driver == BlockDriver.VirtioScsi) return new Address("scsi", "scsiAddr", drive.scsiAddr);
  if (driver != BlockDriver.VirtioBlk) return null;
  // acrn does not tell PCI paths (Kata until 3.8).
  if (sandbox.hypervisor == Hypervisor.Acrn) return new Address("blk", "virtPath", drive.virtPath);
  return new Address("blk", "pciPath", drive.pciPath);
}
