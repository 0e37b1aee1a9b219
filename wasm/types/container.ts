import type { BlockDrive, Mount, SourceFacts } from "./mount.ts";
import type { MountOption } from "./option-words.ts";
import type { Count, Directory, Id, PlainText, Suffix } from "./words.ts";

/** The mount of a root filesystem (containerd's Mount). */
export interface RootFs {
  /** The source of the mount (containerd and Kata: Source). */
  source?: PlainText | undefined;
  /** The mount point on the host, which is the directory that is shared; absolute or relative to the bundle (Kata: Target). */
  target?: PlainText | undefined;
  /**
   * The filesystem's type (Kata: Type). "fuse.nydus-overlayfs" is a nydus image. "overlay" has erofs layers if its directories are
   * those of containerd's erofs snapshotter.
   */
  type?: PlainText | undefined;
  /**
   * The options of the mount (Kata: Options). "ro" makes a shared directory read-only. Options that begin with
   * "io.katacontainers.volume=", "extraoption=" or "io.katacontainers.fs-opt.layer=" describe the root filesystem itself.
   */
  options?: readonly MountOption[] | undefined;
  /**
   * What the host found: for a disk the kind of `source`, for an overlay the filesystem of its directories, for a shared directory the
   * kind of `target`.
   */
  facts?: SourceFacts | undefined;
}

/** A disk of a container that is none of its mounts: a layer of an erofs root filesystem. */
export interface Device {
  /** Its path on the host. The last name is "layer.erofs" or "rwlayer.img" (Kata: ContainerPath). */
  path: PlainText;
  /** The addresses by which the guest finds it. */
  blockDrive: BlockDrive;
}

/** The most memory that a container may use in huge pages of one size (OCI runtime-spec: linux.resources.hugepageLimits). */
export interface HugepageLimit {
  /**
   * The size of a page, such as "2MB".
   * @minLength 1
   * @pattern ^[^\u0000\ud800-\udfff]*$
   */
  pageSize: string;
  /** The limit in bytes. */
  limit: Count;
}

/** A container. */
export interface Container {
  /** The container's id. */
  id: Id;
  /** The directory of the OCI bundle, to which sources may be relative. */
  bundle?: Directory | undefined;
  /** Its root filesystem (Kata: RootFs). */
  rootFs?: RootFs | undefined;
  /** The name of the root in the container's directory of the guest. Empty if a disk is the root itself. Default "rootfs". */
  rootfsSuffix?: Suffix | undefined;
  /**
   * Whether the container's root is read-only (OCI: root.readonly, Kata: ReadonlyRootfs). The share stays writable, as in Kata, because
   * the agent first creates mount points in it. Then the agent makes the container's mount read-only. Default false.
   */
  readonlyRootfs?: boolean | undefined;
  /** The filesystem on `blockDrive`. If both are given, that disk is the root filesystem (Kata: state.Fstype). */
  fstype?: PlainText | undefined;
  /** The disk that holds the root filesystem (Kata: state.BlockDeviceID). */
  blockDrive?: BlockDrive | undefined;
  /** The disks with layers of the root filesystem, uppermost first, as in the option "lowerdir". */
  devices?: readonly Device[] | undefined;
  /**
   * The container's annotations. If the guest pulls the image, they name it, and the guest gets them all. A pod's own sandbox
   * container, which the CRI's annotation of its type shows, needs no name of an image.
   */
  annotations?: Readonly<Record<string, PlainText>> | undefined;
  /** The container's mounts in OCI order (Kata: Mounts). Operations on single files and root filesystems ignore them. */
  mounts?: readonly Mount[] | undefined;
  /** The limits of huge pages, which mounts of huge pages need (OCI: linux.resources.hugepageLimits). */
  hugepageLimits?: readonly HugepageLimit[] | undefined;
}
