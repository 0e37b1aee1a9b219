import { MOUNT_ATTR_NODEV, MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOSUID } from "./constants.ts";

/** A mount of this namespace. */
export interface Mount {
  readonly id: number;
  readonly parent: number;
  /** What of its filesystem is mounted. */
  readonly root: string;
  /** Where. */
  readonly point: string;
  /** MS_SHARED, MS_SLAVE, MS_UNBINDABLE or MS_PRIVATE; a shared slave is shared. */
  readonly propagation: number;
  /** The group of mounts that it propagates to and from; 0 for none. */
  readonly peerGroup: number;
  /** The group that it follows; 0 for none. A slave may be shared, too. */
  readonly master: number;
  /** Its MOUNT_ATTR_* bits. */
  readonly attributes: number;
  readonly fstype: string;
}

/** The path, in the filesystem of a mount, of what has a path on that mount; empty for the filesystem's own root. */
export function pathInFilesystem({ root, point }: Mount, path: string): string {
  return (root === "/" ? "" : root) + path.slice(point === "/" ? 0 : point.length);
}

/** The beginning that all paths below a path have. */
export function prefixBelow(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}

/** The attributes of a hub. */
export const HUB_ATTRIBUTES: number = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

/** Whether a mount has the attributes of a hub. Its propagation may have been changed. */
export function isMadeAsHub(mount: Mount | undefined): boolean {
  return mount?.fstype === "tmpfs" && (mount.attributes & HUB_ATTRIBUTES) === HUB_ATTRIBUTES;
}
