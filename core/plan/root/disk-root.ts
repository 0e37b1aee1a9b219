import { refuse } from "../../refusal";
import { BlockKind } from "../../request/block-drive";
import { Container } from "../../request/container";
import { SourceKind } from "../../request/facts";
import { RequestLocation } from "../../request/location";
import { Sandbox } from "../../request/sandbox";
import { Storage } from "../../storage";
import { Text } from "../../text";
import { diskStorage } from "../disk-storage";
import { Plan } from "../plan";
import { SharedFile } from "../shared-file";
import { planContainerDirectory } from "./container-directory";

/** Plans the mount of the container's disk, with this filesystem, in the guest; null if the disk is refused. */
export function planDisk(
  sandbox: Sandbox,
  container: Container,
  shared: SharedFile,
  fstype: Text,
  mountPoint: Text,
): Storage | null {
  const storage = diskStorage(sandbox, container.blockDrive!, new RequestLocation("container.blockDrive"));
  if (storage == null) return null;
  storage.fstype = fstype;
  storage.mountPoint = mountPoint;
  shared.storages.push(storage);
  return storage;
}

/** Plans a root filesystem that is on the container's disk. */
export function planDiskRoot(plan: Plan, sandbox: Sandbox, container: Container, mountPoint: Text): void {
  const location = new RequestLocation("container.blockDrive");
  const isBlock = container.blockDrive!.kind == BlockKind.Block;
  if (!isBlock) location.refuse("malformed-block-drive", Text.of("vhost-user-blk"), "kind");
  // CVE-2026-24054: a directory was mounted as if it were a disk.
  const kind = container.rootFs.facts.kind;
  const isDisk = kind == SourceKind.Block || kind == SourceKind.File || kind == SourceKind.Unknown;
  if (!isDisk) refuse("not-a-disk", container.rootFs.source, Text.of("container.rootFs.source"));
  const storage = planDisk(sandbox, container, plan.shared!, container.fstype, mountPoint);
  if (storage == null) return;
  // xfs refuses to mount a second filesystem with the same UUID, which a second copy of an image has.
  if (container.fstype.is("xfs")) storage.option(Text.of("nouuid"));
  if (sandbox.sharesFilesystem()) planContainerDirectory(plan, container);
}
