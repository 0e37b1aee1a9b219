import type { IdMapping } from "./mount.ts";
import type { Attribute } from "./option-words.ts";

/** Creates a directory. Missing parents of the sandbox's own directory are created, too, and are never removed. */
export interface MkdirStep {
  readonly op: "mkdir";
  readonly path: string;
  readonly mode: number;
  readonly undo: readonly Step[];
}

/** Creates the file that names the sandbox's mount namespace. */
export interface MarkStep {
  readonly op: "mark";
  readonly path: string;
  readonly undo: readonly Step[];
}

/** Binds a directory on itself, private and unbindable. */
export interface GuardStep {
  readonly op: "guard";
  readonly target: string;
  readonly undo: readonly Step[];
}

/** Mounts a tmpfs whose mounts propagate to the view. */
export interface HubStep {
  readonly op: "hub";
  readonly target: string;
  readonly mode: number;
  readonly undo: readonly Step[];
}

/** Mounts a copy of the hub, read-only at its top, that receives the hub's later mounts. */
export interface ViewStep {
  readonly op: "view";
  readonly source: string;
  readonly target: string;
  readonly undo: readonly Step[];
}

/** Creates a placeholder, and mounts a private clone of the source on it, whose attributes are set before. */
export interface BindStep {
  readonly op: "bind";
  readonly source: string;
  readonly target: string;
  /** Whether the clone has the submounts of the source. */
  readonly recursive: boolean;
  readonly attributes: readonly Attribute[];
  /** The mappings of user ids for "idmap" and "ridmap". */
  readonly uidMappings?: readonly IdMapping[];
  /** The mappings of group ids for "idmap" and "ridmap". */
  readonly gidMappings?: readonly IdMapping[];
  readonly undo: readonly Step[];
}

/** Creates the empty file that says that a container uses a share, and its directory. */
export interface UseStep {
  readonly op: "use";
  readonly path: string;
  /** The mode of the directory, which later plans need to know about the share. */
  readonly mode: number;
  readonly undo: readonly Step[];
}

/** Removes such a file, and its directory if that is empty then. */
export interface UnuseStep {
  readonly op: "unuse";
  readonly path: string;
  readonly undo: readonly Step[];
}

/** Mounts a nydus image in nydusd. */
export interface RafsMountStep {
  readonly op: "rafsMount";
  /** The mount point in nydusd's filesystem. */
  readonly mountpoint: string;
  /** The image's bootstrap file. */
  readonly source: string;
  /** nydusd's configuration for the image, as JSON. */
  readonly config: string;
  readonly undo: readonly Step[];
}

/** Unmounts a nydus image in nydusd. */
export interface RafsUmountStep {
  readonly op: "rafsUmount";
  readonly mountpoint: string;
  readonly undo: readonly Step[];
}

/** Unmounts the target lazily, with all submounts. */
export interface UmountStep {
  readonly op: "umount";
  readonly target: string;
  readonly undo: readonly Step[];
}

/** Removes one empty file or directory that a step created. */
export interface RemoveStep {
  readonly op: "remove";
  readonly path: string;
  readonly undo: readonly Step[];
}

/** Copies a file or a tree into the guest. */
export interface CopyStep {
  readonly op: "copy";
  readonly source: string;
  readonly guestPath: string;
  /**
   * True for an emptyDir on a disk, else absent. All containers of the sandbox use one copy of it, which the first of these steps
   * makes. Later requests have to name the copy in `copied`.
   */
  readonly together?: true;
  readonly undo: readonly Step[];
}

/** One visible change of the host or the guest, with the steps that undo it. */
export type Step =
  | MkdirStep
  | MarkStep
  | GuardStep
  | HubStep
  | ViewStep
  | BindStep
  | UseStep
  | UnuseStep
  | UmountStep
  | RemoveStep
  | CopyStep
  | RafsMountStep
  | RafsUmountStep;
