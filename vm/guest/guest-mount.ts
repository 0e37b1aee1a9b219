/** The host's view as one device: a shared filesystem, mounted by its tag. */
export interface GuestView {
  /** Says that it is this. */
  readonly kind: "view";
  /** The filesystem's type: "virtiofs" or "9p". */
  readonly filesystem: string;
  /** The tag of the device. */
  readonly source: string;
  /** Where the guest mounts it. */
  readonly target: string;
  /** The options of the mount. */
  readonly options: readonly string[];
}

/** A filesystem that the guest makes or has: memory, /proc, an overlay. */
export interface GuestFilesystem {
  /** Says that it is this. */
  readonly kind: "filesystem";
  /** The filesystem's type, such as "tmpfs" or "overlay". */
  readonly filesystem: string;
  /** What mount(2) takes as source; often a mere word. */
  readonly source: string;
  /** Where the guest mounts it. A directory is made if there is none. */
  readonly target: string;
  /** The options of the mount. */
  readonly options: readonly string[];
  /** The root of the container whose mount it is: a link in `target` below that root never leads out of it. */
  readonly root?: string;
}

/** A disk, which the guest finds by its address, and waits for. */
export interface GuestDisk {
  /** Says that it is this. */
  readonly kind: "disk";
  /** What the address is of. */
  readonly driver: DiskDriver;
  /**
   * The address: for "scsi" its target and number ("0:1"), for "blk" its slots on PCI ("02/01") or its path, for "blk-ccw" the number
   * of its device, else its path.
   */
  readonly source: string;
  /** The type of the filesystem on it. "auto" is what the guest finds on it, "bind" is the device itself. */
  readonly filesystem: string;
  /** Where the guest mounts it. */
  readonly target: string;
  /** The options of the mount. */
  readonly options: readonly string[];
  /** Whether the guest makes a filesystem on it, if it is empty. */
  readonly isEmpty?: true;
  /** The group that gets its files, always or only if the root of the disk has another group. */
  readonly group?: { readonly id: number; readonly policy: "Always" | "OnRootMismatch" };
}

/** How a guest finds a disk. */
export type DiskDriver = "blk" | "blk-ccw" | "scsi" | "mmioblk" | "nvdimm";

/**
 * A file or directory of the guest that is bound on another place. A bind takes no attributes: a second mount(2) with MS_REMOUNT and
 * MS_BIND sets them. If there is nothing at `target`, a directory or an empty file is made there, as `source` is one.
 */
export interface GuestBind {
  /** Says that it is this. */
  readonly kind: "bind";
  /** The type of the mount: always "bind". */
  readonly filesystem: "bind";
  /** What is bound. */
  readonly source: string;
  /** Where it is bound. */
  readonly target: string;
  /** Words such as "ro", "nosuid", "rbind" and "rslave". */
  readonly options: readonly string[];
  /** What `source` is, where that is known. */
  readonly place?: "file" | "directory";
  /** The root of the container whose mount it is: a link in `target` below that root never leads out of it. */
  readonly root?: string;
}

/** A directory that the guest makes, where there is none. */
export interface GuestDirectory {
  /** Says that it is this. */
  readonly kind: "directory";
  /** Where it is. */
  readonly target: string;
  /** Its mode, in octal digits. Default "755". */
  readonly mode?: string;
  /** Its group, which its files get, too (the set-group-id bit). */
  readonly group?: number;
}

/**
 * A copy of a directory that is brought up to date whenever the source has changed: files first, then links, and in the end what is
 * gone. The directory above `target` is a tmpfs of an earlier mount.
 */
export interface GuestCopy {
  /** Says that it is this. */
  readonly kind: "copy";
  /** What is copied. */
  readonly source: string;
  /** The copy. */
  readonly target: string;
}

/** A character device of the kernel, open to all, in a container's root. */
export interface GuestNode {
  /** Says that it is this. */
  readonly kind: "node";
  /** Where it is. */
  readonly target: string;
  /** The major number. */
  readonly major: number;
  /** The minor number. */
  readonly minor: number;
  /** The container's root. */
  readonly root: string;
}

/** A symbolic link in a container's root. */
export interface GuestLink {
  /** Says that it is this. */
  readonly kind: "link";
  /** What it says. */
  readonly source: string;
  /** Where it is. */
  readonly target: string;
  /** The container's root. */
  readonly root: string;
}

/** A container's root that is read-only from here on: all mount points in it are made. */
export interface GuestReadOnly {
  /** Says that it is this. */
  readonly kind: "readonly";
  /** The root. */
  readonly target: string;
}

/** Something that the guest mounts or makes. They are in order: each needs only those before it. */
export type GuestMount =
  | GuestView
  | GuestFilesystem
  | GuestDisk
  | GuestBind
  | GuestDirectory
  | GuestCopy
  | GuestNode
  | GuestLink
  | GuestReadOnly;
