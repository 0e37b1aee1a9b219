import * as directories from "../../directories";
import { join } from "../../path";
import { refuse } from "../../refusal";
import { Container } from "../../request/container";
import { RootFs } from "../../request/root-fs";
import { Sandbox, SharedFs } from "../../request/sandbox";
import { remove, umount } from "../../step";
import { Storage } from "../../storage";
import { Text } from "../../text";
import { checkOverlayOptions } from "../agent-options";
import { Plan } from "../plan";
import { SharedFile } from "../shared-file";
import { planBindRoot } from "./bind-root";
import { planDiskRoot } from "./disk-root";
import { planErofs } from "./erofs";
import { planForcedPull } from "./guest-pull";
import { planNydus, planNydusRemoval } from "./nydus";
import { needsSharing, RootKind, rootKindOf } from "./root-kind";
import { planVirtualVolume } from "./virtual-volume";

/** Plans how the guest gets a container's root filesystem: from disks, from an image, or from a shared directory. */
export function shareRootFilesystem(sandbox: Sandbox, container: Container): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  planRoot(plan, sandbox, container);
  return plan;
}

/** As `shareRootFilesystem`, but adds to a plan. */
export function planRoot(plan: Plan, sandbox: Sandbox, container: Container): void {
  const kind = rootKindOf(sandbox, container);
  if (needsSharing(kind) && !sandbox.sharesFilesystem() && kind != RootKind.Nydus) {
    refuse("needs-sharing", container.rootFs.target, Text.of("container.rootFs"));
    return;
  }
  const inView = join(directories.guestDirectory(sandbox), container.id);
  const inGuest = directories.guestContainer(container.id);
  const isInGuest = kind == RootKind.ForcedPull || kind == RootKind.VirtualVolume || kind == RootKind.Erofs;
  const shared = new SharedFile(join(isInGuest ? inGuest : inView, container.rootfsSuffix));
  plan.shared = shared;
  switch (kind) {
    case RootKind.Offload: break;
    case RootKind.ForcedPull: planForcedPull(container, shared); break;
    case RootKind.VirtualVolume: planVirtualVolume(sandbox, container, shared); break;
    case RootKind.Nydus: planNydus(plan, sandbox, container); break;
    case RootKind.Erofs: planErofs(sandbox, container, shared); break;
    case RootKind.Layers: plan.shared = overlayOfLayers(container.rootFs, inGuest.append("/rootfs")); break;
    case RootKind.Block: planDiskRoot(plan, sandbox, container, inView); break;
    default: planBindRoot(plan, container);
  }
}

/** Plans to remove the mount and the directories of `shareRootFilesystem`. */
export function unshareRootFilesystem(sandbox: Sandbox, container: Container): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  planRootRemoval(plan, sandbox, container);
  return plan;
}

/** As `unshareRootFilesystem`, but adds to a plan. */
export function planRootRemoval(plan: Plan, sandbox: Sandbox, container: Container): void {
  const kind = rootKindOf(sandbox, container);
  if (!sandbox.sharesFilesystem() || (!needsSharing(kind) && kind != RootKind.Block)) return;
  // Without a nydusd the share was refused.
  if (kind == RootKind.Nydus && sandbox.sharedFs != SharedFs.VirtioFsNydus) return;
  const directory = join(directories.hub(plan.directory), container.id);
  if (kind == RootKind.Nydus) planNydusRemoval(plan, container, directory);
  const suffix = kind == RootKind.Bind ? Text.of("rootfs") : container.rootfsSuffix;
  const root = join(directory, suffix);
  if (kind == RootKind.Bind) plan.add(umount(root));
  if (suffix.length > 0) plan.add(remove(root));
  plan.add(remove(directory));
}

// An overlay of layers that the container's mounts bring. The guest gets all its options, with their commas. Only an option
// with a directory that would be split is refused.
function overlayOfLayers(rootFs: RootFs, path: Text): SharedFile {
  checkOverlayOptions(rootFs.options, Text.of("container.rootFs.options"));
  const storage = new Storage("overlayfs", Text.of("none"), rootFs.type, path);
  storage.options = rootFs.options;
  const shared = new SharedFile(path);
  shared.storages.push(storage);
  return shared;
}
