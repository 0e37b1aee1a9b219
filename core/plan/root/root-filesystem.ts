import { READ_ONLY } from "../attributes";
import * as directories from "../directories";
import { join } from "../path";
import { Place } from "../place";
import { refuse } from "../refusal";
import { BlockKind } from "../request/block-drive";
import { Container } from "../request/container";
import { SourceKind } from "../request/facts";
import { RootFs } from "../request/root-fs";
import { Sandbox, SharedFs } from "../request/sandbox";
import { bind, mkdir, remove, Step, umount } from "../step";
import { Storage } from "../storage";
import { Text } from "../text";
import { diskStorage } from "./disk";
import { planErofs } from "./erofs";
import { checkDirectories } from "./guest-option";
import { forcedPull } from "./guest-pull";
import { planNydus, unplanNydus } from "./nydus";
import { BindOptions, bindOptions } from "./options";
import { Plan } from "./plan";
import { SharedFile } from "./shared-file";
import { planDirectories } from "./root-directories";
import { checkMade } from "./made-root";
import { kindOf, lastWith, needsSharing, RootKind } from "./root-kind";
import { DIRECTORY_MODE } from "./sandbox";
import { sourceOf } from "./source";
import { planVirtualVolume } from "./virtual-volume";

/** A container's root filesystem: made by the guest, of disks or of an image, or a directory that is shared. */
export function shareRootFilesystem(sandbox: Sandbox, container: Container): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  planRoot(plan, sandbox, container);
  return plan;
}

/** As `shareRootFilesystem`, as a part of a plan. */
export function planRoot(plan: Plan, sandbox: Sandbox, container: Container): void {
  const kind = kindOf(sandbox, container);
  const place = new Place("container.rootFs");
  if (needsSharing(kind) && !sandbox.sharesFilesystem() && kind != RootKind.Nydus) {
    refuse("needs-sharing", container.rootFs.target, place.text());
    return;
  }
  const guest = join(directories.guestDirectory(sandbox), container.id);
  const isGuests = kind == RootKind.ForcedPull || kind == RootKind.VirtualVolume || kind == RootKind.Erofs;
  const own = directories.guestContainer(container.id);
  const shared = new SharedFile(join(isGuests ? own : guest, container.rootfsSuffix));
  plan.shared = shared;
  switch (kind) {
    case RootKind.Offload: break;
    case RootKind.ForcedPull: forcedPull(container, shared); break;
    case RootKind.VirtualVolume: planVirtualVolume(sandbox, container, shared); break;
    case RootKind.Nydus: planNydus(plan, sandbox, container); break;
    case RootKind.Erofs: planErofs(sandbox, container, shared); break;
    case RootKind.Layers: plan.shared = layers(container.rootFs, own.and("/rootfs")); break;
    case RootKind.Block: planDisk(plan, sandbox, container, guest); break;
    default: planBind(plan, container);
  }
}

/** Takes back the mount and the directories of `shareRootFilesystem`. */
export function unshareRootFilesystem(sandbox: Sandbox, container: Container): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  unplanRoot(plan, sandbox, container);
  return plan;
}

/** As `unshareRootFilesystem`, as a part of a plan. */
export function unplanRoot(plan: Plan, sandbox: Sandbox, container: Container): void {
  const kind = kindOf(sandbox, container);
  if (!sandbox.sharesFilesystem() || (!needsSharing(kind) && kind != RootKind.Block)) return;
  // Nothing of it was shared without a nydusd.
  if (kind == RootKind.Nydus && sandbox.sharedFs != SharedFs.VirtioFsNydus) return;
  const directory = join(directories.hub(plan.directory), container.id);
  if (kind == RootKind.Nydus) unplanNydus(plan, container, directory);
  const suffix = kind == RootKind.Bind ? Text.of("rootfs") : container.rootfsSuffix;
  const root = join(directory, suffix);
  if (kind == RootKind.Bind) plan.add(umount(root));
  if (suffix.length > 0) plan.add(remove(root));
  plan.add(remove(directory));
}

// An overlay of layers that come to the guest as mounts of their own. All options are the guest's, commas and all; only a
// directory that it would take for two is refused.
function layers(rootFs: RootFs, path: Text): SharedFile {
  checkDirectories(rootFs.options, Text.of("container.rootFs.options"));
  const storage = new Storage("overlayfs", Text.of("none"), rootFs.type, path);
  storage.options = rootFs.options;
  const shared = new SharedFile(path);
  shared.storages.push(storage);
  return shared;
}

function planDisk(plan: Plan, sandbox: Sandbox, container: Container, guest: Text): void {
  const drive = container.blockDrive!;
  const place = new Place("container.blockDrive");
  if (drive.kind != BlockKind.Block) place.refuse("malformed-block-drive", Text.of("vhost-user-blk"), "kind");
  // A directory that passes for a disk was CVE-2026-24054.
  const kind = container.rootFs.facts.kind;
  const isDisk = kind == SourceKind.Block || kind == SourceKind.File || kind == SourceKind.Unknown;
  if (!isDisk) refuse("not-a-disk", container.rootFs.source, Text.of("container.rootFs.source"));
  const storage = diskStorage(sandbox, drive, place);
  if (storage == null) return;
  storage.fstype = container.fstype;
  storage.mountPoint = guest;
  // The same image mounted twice has one UUID twice, which xfs refuses.
  if (container.fstype.is("xfs")) storage.option(Text.of("nouuid"));
  plan.shared!.storages.push(storage);
  if (sandbox.sharesFilesystem()) planDirectories(plan, container);
}

// Kata binds at the literal "rootfs", and appends the suffix only to the guest's path.
function planBind(plan: Plan, container: Container): void {
  const directory = join(directories.hub(plan.directory), container.id);
  plan.add(mkdir(directory, DIRECTORY_MODE));
  plan.add(bindRoot(container, join(directory, Text.of("rootfs"))));
}

function bindRoot(container: Container, target: Text): Step {
  const rootFs = container.rootFs;
  const place = new Place("container.rootFs");
  checkMade(rootFs, place);
  const source = sourceOf(container.bundle, rootFs.target, place, "target");
  const kind = rootFs.facts.kind;
  if (kind == SourceKind.Missing) place.refuse("missing-source", source, "target");
  else if (kind != SourceKind.Directory && kind != SourceKind.Unknown) place.refuse("not-a-directory", source, "target");
  const options = rootOptions(rootFs);
  return bind(source, target, options.recursive, options.attributes);
}

// What is mounted at the target already has a bind's options to obey; those of another type made that mount itself, and so
// did those of a bind whose ids containerd mapped.
function rootOptions(rootFs: RootFs): BindOptions {
  const isMapped = lastWith(rootFs, "uidmap=") >= 0 || lastWith(rootFs, "gidmap=") >= 0;
  if (!isMapped && (rootFs.type.length == 0 || rootFs.type.is("bind"))) {
    return bindOptions(rootFs.options, new Place("container.rootFs"));
  }
  const options = new BindOptions();
  for (let i = 0; i < rootFs.options.length; i++) {
    if (rootFs.options[i].is("ro")) options.attributes = READ_ONLY;
    else if (isMapped && rootFs.options[i].is("rbind")) options.recursive = true;
  }
  return options;
}
