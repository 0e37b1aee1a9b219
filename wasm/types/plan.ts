import type { IdMapping } from "./mount.ts";
import type { Op } from "./request.ts";
import type { Step } from "./step.ts";

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
  readonly groupId: number;
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
  readonly reason: "kernel" | "sandbox";
}

/** A mount of the OCI specification for the guest. */
export interface OciMount {
  readonly destination: string;
  readonly type?: string;
  readonly source?: string;
  readonly options?: readonly string[];
  readonly uidMappings?: readonly IdMapping[];
  readonly gidMappings?: readonly IdMapping[];
}

/**
 * What becomes of a mount. It is shared in the hub, copied into the guest, or shared and watched by the agent. Or the guest makes
 * it: /dev/shm, memory, huge pages or a directory. Or it is a disk, or a disk with a layer of the root filesystem. Or the guest
 * mounts it as it is. Or it is ignored.
 */
export type OutcomeKind =
  | "shared"
  | "copied"
  | "watchable"
  | "shm"
  | "ephemeral"
  | "hugepages"
  | "local"
  | "block"
  | "layer"
  | "guest"
  | "ignored";

/**
 * Why a mount has its kind. In the order of the words: it is a bind; a bind of a source that has a share already; a bind in a sandbox
 * that shares nothing; a configmap or secret of the kubelet; /dev/shm, the sandbox's or its own; an emptyDir in memory, in huge pages
 * or on a disk; its type is "ephemeral" or "local"; it has a blockDrive; it is a layer; its source is in /proc or /sys; its source is
 * a device of the host; it is not a bind; its source has no content to copy.
 */
export type OutcomeReason =
  | "bind"
  | "same-source"
  | "no-sharing"
  | "configmap-or-secret"
  | "sandbox-shm"
  | "own-shm"
  | "tmpfs-emptydir"
  | "hugetlbfs-emptydir"
  | "disk-emptydir"
  | "type"
  | "block-drive"
  | "is-layer"
  | "system-mount"
  | "host-device"
  | "not-a-bind"
  | "special-file";

/** What becomes of one mount of a container. */
export interface Outcome {
  /** The destination of the mount. */
  readonly destination: string;
  /** What becomes of it. */
  readonly kind: OutcomeKind;
  /** Why it has this kind. */
  readonly reason: OutcomeReason;
  /**
   * The index in the container's `mounts` of the mount that covers this one in the end: a later one at the same destination or above
   * it. Both are made, in their order.
   */
  readonly coveredBy?: number;
  /**
   * For /dev/shm, the options of the mount that are ignored, such as a "size=" that is not the sandbox's; absent if there are none.
   */
  readonly ignoredOptions?: readonly string[];
  /** Where the guest finds it; absent if the guest makes the mount without the host, or ignores it. */
  readonly shared?: SharedFile;
  /** Once it is shared, the submounts of the source that were left out, if any. */
  readonly omitted?: readonly OmittedMount[];
}

/** The steps for a request, in order, and what the caller needs to know besides. Deeply frozen. */
export interface Plan {
  /** The sandbox's directory on the host. It is locked, and every target is opened from it. */
  readonly directory: string;
  readonly steps: readonly Step[];
  /** For `shareFile` and `shareRootFilesystem`. Null if the guest ignores the mount. */
  readonly shared?: SharedFile | null;
  /** What the guest mounts, in order: for `prepare` for the whole sandbox, for `shareContainer` for the container. */
  readonly storages?: readonly AgentStorage[];
  /** For `shareContainer`, the container's mounts, rewritten for the guest. */
  readonly mounts?: readonly OciMount[];
  /** For `shareContainer`, the path of the root filesystem in the guest (OCI: root.path). */
  readonly rootPath?: string;
  /**
   * For `shareContainer`, true if the container's root has to be read-only (OCI: root.readonly), else absent. The agent makes it
   * read-only after it has created mount points in it.
   */
  readonly readonlyRootfs?: true;
  /** For `shareContainer`, what becomes of each mount. */
  readonly outcomes?: readonly Outcome[];
  /** After `shareContainer`, the submounts of the root filesystem that were left out, if any. */
  readonly rootOmitted?: readonly OmittedMount[];
}

/** The plan of `shareContainer`. */
export interface ContainerPlan extends Plan {
  readonly storages: readonly AgentStorage[];
  readonly mounts: readonly OciMount[];
  readonly rootPath: string;
  readonly outcomes: readonly Outcome[];
}

/** The plan of an operation. The fields that the operation always gives are required. */
export type PlanOf<O extends Op> = O extends "prepare"
  ? Plan & { readonly storages: readonly AgentStorage[] }
  : O extends "shareFile" | "shareRootFilesystem"
    ? Plan & { readonly shared: SharedFile | null }
    : O extends "shareContainer"
      ? ContainerPlan
      : Plan;
