import type { IdMapping } from "./mount.ts";
import type { Op } from "./request.ts";
import type { AgentStorage, OmittedMount, SharedFile } from "./shared-file.ts";
import type { Step } from "./step.ts";

/** A mount of the OCI specification for the guest. */
export interface OciMount {
  /** Where the container has it. */
  readonly destination: string;
  /** The type of the filesystem, or "bind". */
  readonly type?: string;
  /** A path in the guest, or what the filesystem is of. */
  readonly source?: string;
  /** The options of the mount. */
  readonly options?: readonly string[];
  /** The mappings of user ids. */
  readonly uidMappings?: readonly IdMapping[];
  /** The mappings of group ids. */
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
  /** What is to be done, in order. */
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
  /** What the guest mounts for the container, in order. */
  readonly storages: readonly AgentStorage[];
  /** The container's mounts, rewritten for the guest. */
  readonly mounts: readonly OciMount[];
  /** The path of the root filesystem in the guest (OCI: root.path). */
  readonly rootPath: string;
  /** What becomes of each mount. */
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
