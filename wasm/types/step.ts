import type { IdMapping } from "./mount.ts";
import type { Attribute } from "./option-words.ts";

/** What all steps have. */
export interface StepOf<Kind extends string> {
  /** The kind of the step. */
  readonly op: Kind;
  /** The steps that undo it, in order; none for a step that removes. */
  readonly undo: readonly Step[];
}

/** Creates a directory. Missing parents of the sandbox's own directory are created, too, and are never removed. */
export interface MkdirStep extends StepOf<"mkdir"> {
  /** The path of the directory. */
  readonly path: string;
  /** Its mode, whatever the umask. */
  readonly mode: number;
}

/** Creates the file that names the sandbox's mount namespace. */
export interface MarkStep extends StepOf<"mark"> {
  /** The path of the file. */
  readonly path: string;
}

/** Binds a directory on itself, private and unbindable. */
export interface GuardStep extends StepOf<"guard"> {
  /** The directory. */
  readonly target: string;
}

/** Mounts a tmpfs whose mounts propagate to the view. */
export interface HubStep extends StepOf<"hub"> {
  /** Where it is mounted. */
  readonly target: string;
  /** The mode of its root directory. */
  readonly mode: number;
}

/** Mounts a copy of the hub, read-only at its top, that receives the hub's later mounts. */
export interface ViewStep extends StepOf<"view"> {
  /** The hub. */
  readonly source: string;
  /** Where the copy is mounted. */
  readonly target: string;
}

/** Creates a placeholder, and mounts a private clone of the source on it, whose attributes are set before. */
export interface BindStep extends StepOf<"bind"> {
  /** What is cloned, as the request names it. */
  readonly source: string;
  /** Where the clone is mounted. */
  readonly target: string;
  /** Whether the clone has the submounts of the source. */
  readonly recursive: boolean;
  /** The attributes of the clone. */
  readonly attributes: readonly Attribute[];
  /** The mappings of user ids for "idmap" and "ridmap". */
  readonly uidMappings?: readonly IdMapping[];
  /** The mappings of group ids for "idmap" and "ridmap". */
  readonly gidMappings?: readonly IdMapping[];
}

/** Creates the empty file that says that a container uses a share, and its directory. */
export interface UseStep extends StepOf<"use"> {
  /** The path of the file. */
  readonly path: string;
  /** The mode of the directory, which later plans need to know about the share. */
  readonly mode: number;
}

/** Removes such a file, and its directory if that is empty then. */
export interface UnuseStep extends StepOf<"unuse"> {
  /** The path of the file. */
  readonly path: string;
}

/** Mounts a nydus image in nydusd. */
export interface RafsMountStep extends StepOf<"rafsMount"> {
  /** The mount point in nydusd's filesystem. */
  readonly mountpoint: string;
  /** The image's bootstrap file. */
  readonly source: string;
  /** nydusd's configuration for the image, as JSON. */
  readonly config: string;
}

/** Unmounts a nydus image in nydusd. */
export interface RafsUmountStep extends StepOf<"rafsUmount"> {
  /** The mount point in nydusd's filesystem. */
  readonly mountpoint: string;
}

/** Unmounts the target lazily, with all submounts. */
export interface UmountStep extends StepOf<"umount"> {
  /** Where the mount is. */
  readonly target: string;
}

/** Removes one empty file or directory that a step created. */
export interface RemoveStep extends StepOf<"remove"> {
  /** Its path. */
  readonly path: string;
}

/** Copies a file or a tree into the guest. */
export interface CopyStep extends StepOf<"copy"> {
  /** The path on the host. */
  readonly source: string;
  /** The path in the guest. */
  readonly guestPath: string;
  /**
   * True for an emptyDir on a disk, else absent. All containers of the sandbox use one copy of it, which the first of these steps
   * makes. Later requests have to name the copy in `copied`.
   */
  readonly together?: true;
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
