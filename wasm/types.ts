/**
 * What is asked and what is answered. The JSON Schema in `schema.json` is made from these types, and tests hold both
 * against the core.
 *
 * This module is browser compatible.
 * @module
 */

/**
 * A string as the kernel and the agent can hold it: no NUL, no lone surrogate.
 * @pattern ^[^\u0000\ud800-\udfff]*$
 */
export type Text = string;

/**
 * The id of a sandbox or a container: it becomes the name of a directory.
 * @pattern ^(?!(?:sandbox-mounts|watchable|sandbox|rafs)$)[A-Za-z0-9][A-Za-z0-9_.-]{0,236}$
 */
export type Id = string;

/**
 * An absolute path that has a last name.
 * @maxLength 4095
 * @pattern ^/(?:[^\u0000\ud800-\udfff]*\/)?(?!\.{1,2}/*$)[^/\u0000\ud800-\udfff]+/*$
 */
export type NamedPath = string;

/**
 * An absolute path of a directory in which directories are made; no name in it is "..".
 * @maxLength 4095
 * @pattern ^(?![\s\S]*\/\.\.(?:\/|$))/[^\u0000\ud800-\udfff]*$
 */
export type Directory = string;

/**
 * One name without a slash, or nothing.
 * @pattern ^(?!\.{1,2}$)[^/\u0000\ud800-\udfff]*$
 */
export type Suffix = string;

/**
 * A whole number.
 * @asType integer
 * @minimum 0
 * @maximum 9007199254740991
 */
export type Count = number;

/** A virtual machine's sandbox; the fields are Kata's configuration keys. */
export interface Sandbox {
  /** The sandbox's id. */
  id: Id;
  /** How the guest sees the host's files (Kata: shared_fs). Default "virtio-fs"; with "none" the agent gets copies. */
  sharedFs?: "virtio-fs" | "virtio-fs-nydus" | "virtio-9p" | "none";
  /** Default "qemu". firecracker, acrn and remote share no filesystem, whatever `sharedFs` says. */
  hypervisor?: "qemu" | "clh" | "firecracker" | "acrn" | "dragonball" | "stratovirt" | "remote";
  /** How disks reach the guest (Kata: block_device_driver). Default "virtio-scsi". */
  blockDeviceDriver?: "virtio-blk" | "virtio-blk-ccw" | "virtio-mmio" | "virtio-scsi" | "nvdimm";
  /** Read-only, each under sandbox-mounts/<last name> (Kata: sandbox_bind_mounts). The last names must differ. */
  sandboxBindMounts?: readonly NamedPath[];
  /** The guest pulls images by itself: a container without a root filesystem of the host gets a path only. */
  serviceOffload?: boolean;
  /** Every root filesystem is pulled in the guest (Kata: experimental_force_guest_pull). Refused so far. */
  forceGuestPull?: boolean;
  /** XDG_RUNTIME_DIR: comes before the defaults of `hostDir` and `guestDir`, as in Kata's rootless mode. */
  rootlessDir?: Directory;
  /** Where the directories of sandboxes are. Default "/run/kata-containers/shared/sandboxes". */
  hostDir?: Directory;
  /** Where the guest mounts what is shared. Default "/run/kata-containers/shared/containers". */
  guestDir?: Directory;
  /** Bytes of the guest's /dev/shm; 0, the default, for none of the sandbox's own. */
  shmSize?: Count;
  /** Kata: virtio_fs_cache. A cache without file data ("never", "metadata") rules out dax. Default "auto". */
  virtioFsCache?: Text;
  /** MiB of the dax window (Kata: virtio_fs_cache_size); 0, the default, for none. */
  virtioFsCacheSize?: Count;
  /** Bytes of a 9p message (Kata: msize_9p). Default 8192. */
  msize9p?: Count;
  /** Where the kubelet keeps volumes (Kata: kubelet_root_dir); of no effect so far. Default "/var/lib/kubelet". */
  kubeletRootDir?: Directory;
  /** What a disk-backed emptyDir becomes (Kata: emptydir_mode); of no effect so far. Default "shared-fs". */
  emptydirMode?: "shared-fs" | "block-encrypted" | "block-plain";
}

/** A mount that makes a root filesystem (containerd's Mount). */
export interface RootFs {
  /** What is mounted. */
  source?: Text;
  /** Where it is mounted on the host: the directory that is shared. */
  target?: Text;
  /** The filesystem's type, or "bind". */
  type?: Text;
  /** The options of that mount. "ro" makes the share read-only. */
  options?: readonly Text[];
}

/** A disk of the virtual machine, by the addresses at which its guest may find it (Kata: config.BlockDrive). */
export interface BlockDrive {
  /** Default "block". */
  kind?: "block" | "vhost-user-blk";
  /** For virtio-blk, such as "02/01". */
  pciPath?: Text;
  /** For virtio-mmio and acrn, such as "/dev/vda". */
  virtPath?: Text;
  /** For virtio-blk-ccw, such as "0.0.0001". */
  devNo?: Text;
  /** For virtio-scsi, such as "0:1". */
  scsiAddr?: Text;
  /** The number of a pmem device. */
  nvdimmId?: Text;
  /** The filesystem on it. */
  format?: Text;
  /** Whether it is a pmem device. */
  pmem?: boolean;
}

/** A mount of a container (OCI runtime-spec), with what the host adds to it. */
export interface Mount {
  /** What is shared: absolute, or relative to the container's bundle. */
  source?: Text;
  /**
   * Where the container sees it.
   * @minLength 1
   * @pattern ^[^\u0000\ud800-\udfff]*$
   */
  destination: string;
  /** "bind", "none" or empty; another type is a bind where its options say so. */
  type?: Text;
  /** "bind", "rbind" (with all mounts below), "ro" (wins over "rw"), "rw". Other words are refused. */
  options?: readonly Text[];
  /** As the option "ro". */
  readOnly?: boolean;
  /** Where `shareFile` mounted it, as it returned it. */
  hostPath?: Text;
}

/** A container. */
export interface Container {
  /** The container's id. */
  id: Id;
  /** The OCI bundle's directory; relative sources start here. */
  bundle?: Directory;
  /** Its root filesystem. */
  rootFs?: RootFs;
  /** The root's name under the container's guest directory. Default "rootfs"; empty where a disk is the root itself. */
  rootfsSuffix?: Suffix;
  /** The filesystem on `blockDrive`. With both, the root filesystem is that disk. */
  fstype?: Text;
  /** The disk that holds the root filesystem. */
  blockDrive?: BlockDrive;
  /** The container's annotations; of no effect so far. */
  annotations?: Readonly<Record<string, Text>>;
  /** The container's mounts in OCI order; of no effect on the single operations. */
  mounts?: readonly Mount[];
}

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
  revoke?: readonly ShareInHub[];
}

/**
 * The name of a share in the hub, or the container's and the share's.
 * @pattern ^(?!\.{1,2}(?:/|$))[^/\u0000\ud800-\udfff]+(?:/(?!\.{1,2}$)[^/\u0000\ud800-\udfff]+)?$
 */
export type ShareInHub = string;

/** Shares a file or directory under a name of its own. */
export interface ShareFileRequest {
  op: "shareFile";
  sandbox: Sandbox;
  container: Container;
  mount: Mount;
  /**
   * 8 random bytes in hex: they keep the names of shares apart.
   * @pattern ^[0-9a-f]{16}$
   */
  random: string;
}

/** Takes back a `shareFile`. */
export interface UnshareFileRequest {
  op: "unshareFile";
  sandbox: Sandbox;
  container: Container;
  mount: Mount;
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

/** What the core can be asked. */
export type Request =
  | PrepareRequest
  | CleanupRequest
  | ShareFileRequest
  | UnshareFileRequest
  | ShareRootFilesystemRequest
  | UnshareRootFilesystemRequest;

/** The request of each operation, by its name. */
export interface Requests {
  prepare: PrepareRequest;
  cleanup: CleanupRequest;
  shareFile: ShareFileRequest;
  unshareFile: UnshareFileRequest;
  shareRootFilesystem: ShareRootFilesystemRequest;
  unshareRootFilesystem: UnshareRootFilesystemRequest;
}

/** The name of an operation. */
export type Op = keyof Requests;

/** The request of an operation. Written with its name, so that a field that is none is an error for the compiler. */
export type RequestOf<O extends Op> = { op: O } & Requests[O];

/** Something that the agent mounts in the guest (message Storage of Kata's agent.proto). */
export interface Storage {
  readonly driver: string;
  readonly driverOptions: readonly string[];
  readonly source: string;
  readonly fstype: string;
  readonly options: readonly string[];
  readonly mountPoint: string;
}

/** Where the guest finds what was shared (Kata's SharedFile). */
export interface SharedFile {
  /** The path in the guest. */
  readonly guestPath: string;
  /** What the agent has to mount for it. */
  readonly storages: readonly Storage[];
  /** Where the share is mounted on the host; absent where nothing is. `unshareFile` takes it back. */
  readonly hostPath?: string;
}

/** Makes a directory. The sandbox's own also gets the missing ones above it, which stay. */
export interface MkdirStep {
  readonly op: "mkdir";
  readonly path: string;
  readonly mode: number;
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
  /** With all mounts below the source; the attributes are then set on each of them. */
  readonly recursive: boolean;
  /** Mount options by their OCI words: "ro". */
  readonly attributes: readonly string[];
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
  readonly undo: readonly Step[];
}

/** One change that someone could see, with the steps that take it back. */
export type Step = MkdirStep | GuardStep | HubStep | ViewStep | BindStep | UmountStep | RemoveStep | CopyStep;

/** What is done for a request, in order. Deeply frozen. */
export interface Plan {
  /** The sandbox's directory on the host: what is locked, and where every target is reached from. */
  readonly directory: string;
  readonly steps: readonly Step[];
  /** Of `shareFile` and `shareRootFilesystem`. Null is kept for a mount that the guest ignores; no plan has it yet. */
  readonly shared?: SharedFile | null;
  /** Of `prepare`: what the guest mounts for the whole sandbox. */
  readonly storages?: readonly Storage[];
}

/** The plan of an operation: what it gives besides steps is there. */
export type PlanOf<O extends Op> = O extends "prepare"
  ? Plan & { readonly storages: readonly Storage[] }
  : O extends "shareFile" | "shareRootFilesystem"
    ? Plan & { readonly shared: SharedFile | null }
    : Plan;
