/** The host's view as one device: a shared filesystem, mounted by its tag. */
export interface GuestView {
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
  readonly kind: "filesystem";
  /** The filesystem's type, such as "tmpfs" or "overlay". */
  readonly filesystem: string;
  /** What mount(2) takes as source; often a mere word. */
  readonly source: string;
  /** Where the guest mounts it. A directory is made if there is none. */
  readonly target: string;
  /** The options of the mount. */
  readonly options: readonly string[];
  /** Directories that are made first, such as those of an overlay. */
  readonly directories?: readonly string[];
  /** The root of the container whose mount it is: a link in `target` below that root never leads out of it. */
  readonly root?: string;
}

/** A disk, which the guest finds by its address, and waits for. */
export interface GuestDisk {
  readonly kind: "disk";
  /** What the address is of. */
  readonly driver: DiskDriver;
  /**
   * The address: for "scsi" its target and number ("0:1"), for "blk" its slots on PCI ("02/01") or its path, for "blk-ccw" the number
   * of its device, else its path.
   */
  readonly source: string;
  /** The type of the filesystem on it. */
  readonly filesystem: string;
  /** Where the guest mounts it. */
  readonly target: string;
  /** The options of the mount. */
  readonly options: readonly string[];
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

/** Something that the guest mounts. */
export type GuestMount = GuestView | GuestFilesystem | GuestDisk | GuestBind;
