import type { Container } from "./container.ts";
import type { MendRequest } from "./mend.ts";
import type { Mount } from "./mount.ts";
import type { Attribute } from "./option-words.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Id, Mode, Name, PlainText, Random, ShareInHub } from "./words.ts";

/** What all requests have. */
export interface SandboxRequest<Name extends string> {
  /** The operation. */
  op: Name;
  /** The sandbox that it is about. */
  sandbox: Sandbox;
}

/** What all requests about a container have. */
export interface ContainerRequest<Name extends string> extends SandboxRequest<Name> {
  /** The container that it is about. */
  container: Container;
}

/** Prepares a sandbox's directory for shares, and says what the guest mounts for the sandbox. */
export interface PrepareRequest extends SandboxRequest<"prepare"> {}

/** Removes everything that was mounted for a sandbox. */
export interface CleanupRequest extends SandboxRequest<"cleanup"> {
  /**
   * The shares that are unmounted one by one before, as `name` or `container/name` in the hub. Consumers with private propagation
   * keep their copies of all other shares.
   */
  revoke?: readonly ShareInHub[] | undefined;
  /** The containers whose nydus images are mounted: those with a "snapshotdir" in the hub. */
  rafs?: readonly Id[] | undefined;
}

/** Shares a file or directory. */
export interface ShareFileRequest extends ContainerRequest<"shareFile"> {
  /** The mount that the container asks for. */
  mount: Mount;
  /** A part of the share's name. */
  random: Random;
  /**
   * The shares that the hub has. With this field, all containers of the sandbox use one share of a source, as with `shareContainer`.
   * Without it, this container gets a share of its own.
   */
  held?: readonly HeldShare[] | undefined;
  /** The copies that all containers of the sandbox use, and that the guest has or is getting. */
  copied?: readonly CopiedSource[] | undefined;
}

/** Removes the share of a `shareFile`. */
export interface UnshareFileRequest extends ContainerRequest<"unshareFile"> {
  /** The mount, with the `hostPath` that `shareFile` answered. */
  mount: Mount;
  /** The shares that the hub has. Needed for a share that all containers of the sandbox use. */
  held?: readonly HeldShare[] | undefined;
}

/** Shares a container's root filesystem, or says how the guest gets it. */
export interface ShareRootFilesystemRequest extends ContainerRequest<"shareRootFilesystem"> {}

/** Removes the shares of a `shareRootFilesystem`. */
export interface UnshareRootFilesystemRequest extends ContainerRequest<"unshareRootFilesystem"> {}

/** A share that the hub has, for all containers of the sandbox that want its source with its attributes. */
export interface HeldShare {
  /** Its name in the hub. */
  name: Name;
  /** The `identity` of its source, as in `SourceFacts`; absent if nothing is mounted any more. */
  identity?: PlainText | undefined;
  /** The attributes of its mount. None of them is recursive. */
  attributes: readonly Attribute[];
  /** The mode of its directory of users, as the `use` step created it. */
  mode: Mode;
  /** The containers that use it. */
  users: readonly Name[];
}

/** A copy in the guest that all containers of the sandbox use, by its `copy` step. */
export interface CopiedSource {
  /** The last name of the step's `guestPath`. */
  name: Name;
  /** The step's `source`. */
  source: PlainText;
}

/**
 * Shares a container's root filesystem and all its mounts, and says what becomes of each. Containers that share the same source with
 * the same attributes use one share.
 */
export interface ShareContainerRequest extends ContainerRequest<"shareContainer"> {
  /** For each mount a part of its share's name. */
  random: readonly Random[];
  /** The shares that the hub has. */
  held?: readonly HeldShare[] | undefined;
  /** The copies that all containers of the sandbox use, and that the guest has or is getting. */
  copied?: readonly CopiedSource[] | undefined;
}

/** Removes the shares of a `shareContainer`. */
export interface UnshareContainerRequest extends ContainerRequest<"unshareContainer"> {
  /** The shares that the hub has. */
  held?: readonly HeldShare[] | undefined;
}

/** A request of any operation. */
export type PlanRequest =
  | PrepareRequest
  | CleanupRequest
  | ShareFileRequest
  | UnshareFileRequest
  | ShareRootFilesystemRequest
  | UnshareRootFilesystemRequest
  | ShareContainerRequest
  | UnshareContainerRequest
  | MendRequest;

/** The request of each operation, by its name. */
export interface Requests {
  /** The request of `prepare`. */
  prepare: PrepareRequest;
  /** The request of `cleanup`. */
  cleanup: CleanupRequest;
  /** The request of `shareFile`. */
  shareFile: ShareFileRequest;
  /** The request of `unshareFile`. */
  unshareFile: UnshareFileRequest;
  /** The request of `shareRootFilesystem`. */
  shareRootFilesystem: ShareRootFilesystemRequest;
  /** The request of `unshareRootFilesystem`. */
  unshareRootFilesystem: UnshareRootFilesystemRequest;
  /** The request of `shareContainer`. */
  shareContainer: ShareContainerRequest;
  /** The request of `unshareContainer`. */
  unshareContainer: UnshareContainerRequest;
  /** The request of `mend`. */
  mend: MendRequest;
}

/** The name of an operation. */
export type Op = keyof Requests;

/** The request of an operation. Its type names the operation, so that the compiler finds unknown fields. */
export type RequestOf<O extends Op> = { op: O } & Requests[O];
