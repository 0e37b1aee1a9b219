import type { IdMapping } from "./container.ts";
import type { Op } from "./request.ts";
import type { Step } from "./step.ts";

/** Something that the agent mounts in the guest (message Storage of Kata's agent.proto). */
export interface AgentStorage {
  /** Which of the agent's handlers it is for, such as "scsi" or "overlayfs" (driver). */
  readonly driver: string;
  /** What that handler is to do besides (driver_options). */
  readonly driverOptions: readonly string[];
  /** The tag, the address of a disk, or the path in the guest (source). */
  readonly source: string;
  /** The filesystem's type (fstype). */
  readonly fstype: string;
  /** The options of the mount (options). */
  readonly options: readonly string[];
  /** Where it is mounted in the guest (mount_point). */
  readonly mountPoint: string;
  /** The group that the files of a disk are given to (fs_group). */
  readonly fsGroup?: FsGroup;
  /**
   * There, and true, for the disk of an emptyDir: the agent keeps it until the sandbox ends, though no container has it
   * any more (shared).
   */
  readonly shared?: true;
}

/** A group that the agent gives the files of a disk to, all of them or, after a look at the root, none. */
export interface FsGroup {
  readonly groupId: number;
  readonly groupChangePolicy: "Always" | "OnRootMismatch";
}

/** Where the guest finds what was shared (Kata's SharedFile). */
export interface SharedFile {
  /** The path in the guest. */
  readonly guestPath: string;
  /** What the agent has to mount for it. */
  readonly storages: readonly AgentStorage[];
  /** Where the share is mounted on the host; absent where nothing is. `unshareFile` takes it back. */
  readonly hostPath?: string;
  /** Of `shareFile` and `shareRootFilesystem`, once it is shared: which mounts below the source were left out, if any. */
  readonly omitted?: readonly OmittedMount[];
}

/**
 * A mount below a source that was left out of its share: a filesystem of the kernel's, which shows the host, or the shares
 * of another sandbox. What is mounted below it is left out, too.
 */
export interface OmittedMount {
  /** Where it would have been, in the container. */
  readonly path: string;
  /** Its filesystem's type, such as "proc". */
  readonly filesystem: string;
  readonly reason: "kernel" | "sandbox";
}

/** A mount as the OCI specification for the guest has it. */
export interface OciMount {
  readonly destination: string;
  readonly type?: string;
  readonly source?: string;
  readonly options?: readonly string[];
  readonly uidMappings?: readonly IdMapping[];
  readonly gidMappings?: readonly IdMapping[];
}

/**
 * What becomes of a mount: it is shared through the hub, copied by the agent, or shared and watched by it; made in the
 * guest as /dev/shm, memory, huge pages or a directory; a disk, or a disk that is a layer of the root; left to the guest as
 * it is; or ignored.
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
 * Why: it is a bind, of a source that is mounted already, or in a sandbox that shares nothing; a volume of the kubelet's;
 * /dev/shm with the sandbox's memory or its own; an emptyDir by its filesystem, or what its type says; it has a blockDrive,
 * or is a layer; its source is below /proc or /sys or a device of the host; its type is none of a bind; or there is nothing
 * in it to copy.
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
  /** As in the mount. */
  readonly destination: string;
  /** What becomes of it. */
  readonly kind: OutcomeKind;
  /** Why. */
  readonly reason: OutcomeReason;
  /**
   * Where in `mounts` of the container the mount stands that hides this one in the end: a later one at the same
   * destination, or above it. Both are made, in their order.
   */
  readonly coveredBy?: number;
  /**
   * Of /dev/shm: options of the mount that it does not have in the guest, such as a "size=" that is not the sandbox's. There
   * only where there are some.
   */
  readonly ignoredOptions?: readonly string[];
  /** Where the guest finds it, unless it makes the mount by itself or ignores it. */
  readonly shared?: SharedFile;
  /** Once it is shared: which mounts below the source were left out, if any. */
  readonly omitted?: readonly OmittedMount[];
}

/** What is done for a request, in order. Deeply frozen. */
export interface Plan {
  /** The sandbox's directory on the host: what is locked, and where every target is reached from. */
  readonly directory: string;
  readonly steps: readonly Step[];
  /** Of `shareFile` and `shareRootFilesystem`. Null for a mount that the guest ignores. */
  readonly shared?: SharedFile | null;
  /** What the guest mounts, in order: of `prepare` for the whole sandbox, of `shareContainer` for the container. */
  readonly storages?: readonly AgentStorage[];
  /** Of `shareContainer`: the container's mounts, rewritten for the guest. */
  readonly mounts?: readonly OciMount[];
  /** Of `shareContainer`: the path of the root filesystem in the guest (OCI: root.path). */
  readonly rootPath?: string;
  /**
   * Of `shareContainer`: there, and true, where the container's root is to be read-only (OCI: root.readonly): the guest's
   * agent makes it so, once it has made the mount points in it.
   */
  readonly readonlyRootfs?: true;
  /** Of `shareContainer`: what becomes of each mount. */
  readonly outcomes?: readonly Outcome[];
  /** Of `shareContainer`, once it is shared: which mounts below the root filesystem were left out, if any. */
  readonly rootOmitted?: readonly OmittedMount[];
}

/** What `shareContainer` gives besides steps. */
export interface ContainerPlan extends Plan {
  readonly storages: readonly AgentStorage[];
  readonly mounts: readonly OciMount[];
  readonly rootPath: string;
  readonly outcomes: readonly Outcome[];
}

/** The plan of an operation: what it gives besides steps is there. */
export type PlanOf<O extends Op> = O extends "prepare"
  ? Plan & { readonly storages: readonly AgentStorage[] }
  : O extends "shareFile" | "shareRootFilesystem"
    ? Plan & { readonly shared: SharedFile | null }
    : O extends "shareContainer"
      ? ContainerPlan
      : Plan;
