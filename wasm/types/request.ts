import type { Container, Mount } from "./container.ts";
import type { Attribute } from "./option-words.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Id, Mode, Name, PlainText, Random, ShareInHub } from "./words.ts";

/** Makes a sandbox's directory ready to share, and says what the guest mounts for the sandbox. */
export interface PrepareRequest {
  op: "prepare";
  sandbox: Sandbox;
}

/** Takes back all that was ever mounted for a sandbox. */
export interface CleanupRequest {
  op: "cleanup";
  sandbox: Sandbox;
  /**
   * Shares to be unmounted one by one before, as `name` or `container/name` in the hub. For consumers with private
   * propagation: their copies stay otherwise.
   */
  revoke?: readonly ShareInHub[] | undefined;
  /** Containers whose nydus image is mounted: those with a "snapshotdir" in the hub. */
  rafs?: readonly Id[] | undefined;
}

/** Shares a file or directory under a name of its own. */
export interface ShareFileRequest {
  op: "shareFile";
  sandbox: Sandbox;
  container: Container;
  mount: Mount;
  /** Part of its name. */
  random: Random;
  /**
   * One mount for each source, as `shareContainer` has them: what the hub holds already. Without it the share has a name
   * of its own.
   */
  held?: readonly HeldShare[] | undefined;
  /** What the guest has already, or is getting, of what containers have together. */
  copied?: readonly CopiedSource[] | undefined;
}

/** Takes back a `shareFile`. */
export interface UnshareFileRequest {
  op: "unshareFile";
  sandbox: Sandbox;
  container: Container;
  mount: Mount;
  /** What the hub holds, where the share has a name of the sandbox's. */
  held?: readonly HeldShare[] | undefined;
}

/** Shares a container's root filesystem, or says how the guest gets it. */
export interface ShareRootFilesystemRequest {
  op: "shareRootFilesystem";
  sandbox: Sandbox;
  container: Container;
}

/** Takes back a `shareRootFilesystem`. */
export interface UnshareRootFilesystemRequest {
  op: "unshareRootFilesystem";
  sandbox: Sandbox;
  container: Container;
}

/** A mount in the hub that containers of the sandbox share: it has one source, and attributes of its own. */
export interface HeldShare {
  /** Its name in the hub. */
  name: Name;
  /** Of its source, as in `SourceFacts`; absent where nothing is mounted any more. */
  identity?: PlainText | undefined;
  /** The attributes that its mount has, without an "r". */
  attributes: readonly Attribute[];
  /** The mode of the directory of its users, as the `use` step made it. */
  mode: Mode;
  /** The containers that use it. */
  users: readonly Name[];
}

/** A copy in the guest that containers of the sandbox have together, as its `copy` step says. */
export interface CopiedSource {
  /** The last name of its `guestPath`. */
  name: Name;
  /** Its `source`. */
  source: PlainText;
}

/**
 * Shares a container's root filesystem and all its mounts, and says what becomes of each. Containers that share the same
 * source with the same attributes get one mount.
 */
export interface ShareContainerRequest {
  op: "shareContainer";
  sandbox: Sandbox;
  container: Container;
  /** One for each mount. */
  random: readonly Random[];
  /** What the hub holds already. */
  held?: readonly HeldShare[] | undefined;
  /** What the guest has already, or is getting, of what containers have together. */
  copied?: readonly CopiedSource[] | undefined;
}

/** Takes back a `shareContainer`. */
export interface UnshareContainerRequest {
  op: "unshareContainer";
  sandbox: Sandbox;
  container: Container;
  /** What the hub holds. */
  held?: readonly HeldShare[] | undefined;
}

/** What the core can be asked. */
export type PlanRequest =
  | PrepareRequest
  | CleanupRequest
  | ShareFileRequest
  | UnshareFileRequest
  | ShareRootFilesystemRequest
  | UnshareRootFilesystemRequest
  | ShareContainerRequest
  | UnshareContainerRequest;

/** The request of each operation, by its name. */
export interface Requests {
  prepare: PrepareRequest;
  cleanup: CleanupRequest;
  shareFile: ShareFileRequest;
  unshareFile: UnshareFileRequest;
  shareRootFilesystem: ShareRootFilesystemRequest;
  unshareRootFilesystem: UnshareRootFilesystemRequest;
  shareContainer: ShareContainerRequest;
  unshareContainer: UnshareContainerRequest;
}

/** The name of an operation. */
export type Op = keyof Requests;

/** The request of an operation. Written with its name, so that a field that is none is an error for the compiler. */
export type RequestOf<O extends Op> = { op: O } & Requests[O];
