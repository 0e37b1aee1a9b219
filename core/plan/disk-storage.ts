import { Place } from "../place";
import { refuse } from "../refusal";
import { BlockDrive } from "../request/block-drive";
import { BlockDriver, Hypervisor, Sandbox } from "../request/sandbox";
import { Storage } from "../storage";
import { Text } from "../text";

/** How one block device driver shows a disk to the guest's agent. */
@final @unmanaged
class Address {
  constructor(
    readonly driver: string,
    readonly field: string,
    readonly value: Text | null,
  ) {}
}

/** The storage of a disk, without its filesystem and mount point (Kata's handleBlockVolume); null where it is refused. */
export function diskStorage(sandbox: Sandbox, drive: BlockDrive, place: Place): Storage | null {
  const address = addressOf(sandbox, drive);
  if (address == null) {
    refuse("unsupported-block-device-driver", Text.of("nvdimm"), Text.of("sandbox.blockDeviceDriver"));
    return null;
  }
  return storageAt(address, place);
}

/** As `diskStorage`, for a disk that may also be a pmem device: any but a root filesystem. */
export function volumeStorage(sandbox: Sandbox, drive: BlockDrive, place: Place): Storage | null {
  if (!drive.pmem) return diskStorage(sandbox, drive, place);
  const storage = storageAt(new Address("nvdimm", "nvdimmId", drive.nvdimmId), place);
  if (storage == null) return null;
  storage.source = Text.of("/dev/pmem") + storage.source;
  storage.fstype = drive.format;
  storage.option(Text.of("dax"));
  return storage;
}

/** The storage of a vhost-user-blk disk, which has a PCI path under every driver. */
export function vhostUserStorage(drive: BlockDrive, place: Place): Storage | null {
  return storageAt(new Address("blk", "pciPath", drive.pciPath), place);
}

function storageAt(address: Address, place: Place): Storage | null {
  const value = address.value;
  if (value != null && value.length > 0) return new Storage(address.driver, value, Text.empty, Text.empty);
  place.lacks(address.field);
  return null;
}

function addressOf(sandbox: Sandbox, drive: BlockDrive): Address | null {
  const driver = sandbox.blockDeviceDriver;
  if (driver == BlockDriver.VirtioMmio) return new Address("mmioblk", "virtPath", drive.virtPath);
  if (driver == BlockDriver.VirtioBlkCcw) return new Address("blk-ccw", "devNo", drive.devNo);
  if (driver == BlockDriver.VirtioScsi) return new Address("scsi", "scsiAddr", drive.scsiAddr);
  if (driver != BlockDriver.VirtioBlk) return null;
  // acrn has no PCI path to give (Kata until 3.8).
  if (sandbox.hypervisor == Hypervisor.Acrn) return new Address("blk", "virtPath", drive.virtPath);
  return new Address("blk", "pciPath", drive.pciPath);
}
