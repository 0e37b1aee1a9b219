import { isKernelFilesystem } from "../../words/kernel-filesystems.ts";
import { HUB, isMadeAsHub, VIEW } from "../sandbox-names.ts";
import type { Namespace } from "./namespace.ts";
import type { SimulatedMount } from "./simulated-mount.ts";

// How the mounts of a sandbox are known, as whoever performs a plan knows them.

/** Whether a mount shows the very directory that it covers, as guards do. */
export function coversItself(mount: SimulatedMount): boolean {
  const { parent, root, target } = mount;
  return parent !== undefined && parent.device === mount.device && parent.inFilesystem(target) === root;
}

/** Whether a mount is the guard of a sandbox: there is a hub in it, or a view. */
export function isGuard(mount: SimulatedMount): boolean {
  if (!coversItself(mount)) return false;
  return [HUB, VIEW].some((name) => {
    const hub = mount.childAt(`${mount.target}/${name}`);
    return hub !== undefined && isMadeAsHub(hub);
  });
}

/** Whether a mount follows a hub, and shows the same read-only, as views do. */
export function isViewOf(mount: SimulatedMount, hub: SimulatedMount): boolean {
  const isSame = mount.device === hub.device && mount.root === hub.root;
  return isSame && mount.attributes.includes("ro") && hub.peerGroup !== 0 && mount.master === hub.peerGroup;
}

/** Removes the mounts from a detached tree that no share may contain, with all below them. */
export function strip(namespace: Namespace, top: SimulatedMount): void {
  for (const mount of [...top.tree()]) {
    const isForbidden = isKernelFilesystem(mount.filesystem) || isCopyOfGuard(mount);
    if (mount !== top && isForbidden) namespace.end(new Set(mount.tree()));
  }
}

// One that lost its "unbindable", so that it was cloned.
function isCopyOfGuard(mount: SimulatedMount): boolean {
  const hub = mount.childAt(`${mount.target}/${HUB}`);
  return hub !== undefined && isMadeAsHub(hub) && coversItself(mount);
}
