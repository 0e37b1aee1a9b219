/** Something that the agent mounts in the guest (message Storage of Kata's agent.proto). */
export interface AgentStorage {
  /** The handler of the agent that mounts it, such as "scsi" or "overlayfs" (driver). */
  readonly driver: string;
  /** Options for that handler (driver_options). */
  readonly driverOptions: readonly string[];
  /** The tag of a shared filesystem, the address of a disk, or a path in the guest (source). */
  readonly source: string;
  /** The filesystem's type (fstype). */
  readonly fstype: string;
  /** The options of the mount (options). */
  readonly options: readonly string[];
  /** The mount point in the guest (mount_point). */
  readonly mountPoint: string;
  /** The group that gets the files of a disk (fs_group). */
  readonly fsGroup?: FsGroup;
  /**
   * True for the disk of an emptyDir, else absent. The agent keeps the disk mounted until the sandbox ends, even if no container uses
   * it any more (shared).
   */
  readonly shared?: true;
}

/** The group that gets the files of a disk: always, or only if the root of the disk has another group. */
export interface FsGroup {
  /** The group's number. */
  readonly groupId: number;
  /** When files get the group. */
  readonly groupChangePolicy: "Always" | "OnRootMismatch";
}

/** Where the guest finds a shared or copied file (Kata's SharedFile). */
export interface SharedFile {
  /** The path in the guest. */
  readonly guestPath: string;
  /** The storages that the agent mounts for it. */
  readonly storages: readonly AgentStorage[];
  /** The path on the host where the share is mounted, for `unshareFile`; absent if nothing is mounted. */
  readonly hostPath?: string;
  /** After `shareFile` and `shareRootFilesystem`, the submounts of the source that were left out, if any. */
  readonly omitted?: readonly OmittedMount[];
}

/**
 * A submount of a source that was left out of its share: a filesystem of the kernel, which would show the host, or the shares of
 * another sandbox. Its own submounts are left out, too.
 */
export interface OmittedMount {
  /** The path that it would have in the container. */
  readonly path: string;
  /** The type of its filesystem, such as "proc". */
  readonly filesystem: string;
  /** Why: a filesystem of the kernel, or shares of another sandbox. */
  readonly reason: "kernel" | "sandbox";
}
