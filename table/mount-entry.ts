import type { MountAttribute } from "./attributes.ts";

/**
 * A mount, as the kernel's table has it. Paths are text; a byte of one that is no UTF-8 is the lone surrogate U+DC00 + byte,
 * so that no two names become one.
 */
export interface MountEntry {
  /** The kernel's id of the mount: the reused one of mountinfo, or the unique one of statmount. */
  readonly id: number;
  /** The id of the mount that it is attached to. The outermost one has itself, or one that the table does not have. */
  readonly parent: number;
  /** The filesystem's device, such as "254:0". Predicted ones of filesystems that are yet to be mounted are "+1", "+2". */
  readonly device: string;
  /** What of its filesystem is mounted: a path in it. Of a directory that was removed it ends with "//deleted". */
  readonly root: string;
  /** Where it is mounted. */
  readonly target: string;
  /** The filesystem's type, such as "ext4". */
  readonly filesystem: string;
  /** What the filesystem is of, such as "/dev/vda"; empty where the kernel does not say. */
  readonly source: string;
  /** What differs from the defaults "rw", "suid", "relatime" and so on. */
  readonly attributes: readonly MountAttribute[];
  /** The group of mounts that it propagates to and from; 0 for none. */
  readonly peerGroup: number;
  /** The group that it follows; 0 for none. A slave may have peers, too. */
  readonly master: number;
  /** Whether no bind can clone it. */
  readonly isUnbindable: boolean;
}

/** The mounts of one mount namespace, in the kernel's order. */
export type MountTable = readonly MountEntry[];
