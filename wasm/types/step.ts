import type { IdMapping } from "./container.ts";
import type { Attribute } from "./option-words.ts";

/** Makes a directory. The sandbox's own also gets the missing ones above it, which stay. */
export interface MkdirStep {
  readonly op: "mkdir";
  readonly path: string;
  readonly mode: number;
  readonly undo: readonly Step[];
}

/** Makes the file that says in which mount namespace the sandbox lives. */
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

/** Attaches a copy of the hub, read-only at its top, that follows the hub. */
export interface ViewStep {
  readonly op: "view";
  readonly source: string;
  readonly target: string;
  readonly undo: readonly Step[];
}

/** Attaches a private clone of the source, its attributes already set, to a placeholder that the step makes. */
export interface BindStep {
  readonly op: "bind";
  readonly source: string;
  readonly target: string;
  /** With all mounts below the source. */
  readonly recursive: boolean;
  readonly attributes: readonly Attribute[];
  /** Of "idmap" and "ridmap". */
  readonly uidMappings?: readonly IdMapping[];
  /** Of "idmap" and "ridmap". */
  readonly gidMappings?: readonly IdMapping[];
  readonly undo: readonly Step[];
}

/** Makes the empty file that says which container uses a share of several, with the directory that it is in. */
export interface UseStep {
  readonly op: "use";
  readonly path: string;
  /** Of the directory: what the next plan has to know of the share besides its mount. */
  readonly mode: number;
  readonly undo: readonly Step[];
}

/** Removes such a file, and the directory where it was the last one in it. */
export interface UnuseStep {
  readonly op: "unuse";
  readonly path: string;
  readonly undo: readonly Step[];
}

/** Mounts a nydus image in nydusd. */
export interface RafsMountStep {
  readonly op: "rafsMount";
  /** Where, in nydusd's filesystem. */
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

/** Detaches what is mounted on the target, with everything below it. */
export interface UmountStep {
  readonly op: "umount";
  readonly target: string;
  readonly undo: readonly Step[];
}

/** Removes one empty file or directory of ours. */
export interface RemoveStep {
  readonly op: "remove";
  readonly path: string;
  readonly undo: readonly Step[];
}

/** Sends a file or a tree to the agent. */
export interface CopyStep {
  readonly op: "copy";
  readonly source: string;
  readonly guestPath: string;
  /**
   * There, and true, for an emptyDir on a disk: the sandbox's containers have one copy together, which the first of these
   * steps makes. Who obeyed it tells the core in `copied` of later requests.
   */
  readonly together?: true;
  readonly undo: readonly Step[];
}

/** One change that someone could see, with the steps that take it back. */
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
