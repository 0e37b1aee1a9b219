import { refuse } from "../refusal";
import { BlockDrive, BlockKind } from "../request/block-drive";
import { Container } from "../request/container";
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

/** The storage that makes a disk a container's root filesystem; null where it is refused. */
export function blockStorage(sandbox: Sandbox, container: Container, mountPoint: Text): Storage | null {
  const drive = container.blockDrive!;
  if (drive.kind != BlockKind.Block) {
    refuse("malformed-block-drive", Text.of("vhost-user-blk"), Text.of("container.blockDrive.kind"));
    return null;
  }
  const address = addressOf(sandbox, drive);
  if (address == null) {
    refuse("unsupported-block-device-driver", Text.of("nvdimm"), Text.of("sandbox.blockDeviceDriver"));
    return null;
  }
  const source = address.value;
  if (source == null || source.length == 0) {
    const path = Text.of("container.blockDrive.") + Text.of(address.field);
    refuse("missing-field", Text.of(address.field), path);
    return null;
  }
  const storage = new Storage(address.driver, source, container.fstype, mountPoint);
  // The same image mounted twice has one UUID twice, which xfs refuses.
  if (container.fstype.is("xfs")) storage.option(Text.of("nouuid"));
  return storage;
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
