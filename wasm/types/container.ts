import type { Attribute, MountOption } from "./option-words.ts";
import type { Count, Directory, GroupId, Id, PlainText, Suffix } from "./words.ts";

/** What the host saw of a source. A preview states it; without it, only paths and words decide. */
export interface SourceFacts {
  /** What the path leads to. */
  kind?: "file" | "directory" | "block" | "char" | "fifo" | "socket" | "missing" | undefined;
  /** The type of the filesystem that it is on, such as "tmpfs", "hugetlbfs" or "erofs". */
  filesystem?: PlainText | undefined;
  /**
   * Whether a filesystem is mounted right on it: an emptyDir is the guest's memory only then, and not where the kubelet's
   * own directory is in memory. Of a source below an emptyDir, whether one is on that. Default true.
   */
  isMountPoint?: boolean | undefined;
  /**
   * Where the source lies in an emptyDir, if by another path: kubelet mounts a subPath elsewhere. Such as
   * "/var/lib/kubelet/pods/p1/volumes/kubernetes.io~empty-dir/cache/sub".
   */
  emptyDirPath?: PlainText | undefined;
  /** The options of that filesystem, such as "pagesize=2M". */
  filesystemOptions?: readonly PlainText[] | undefined;
  /** How many files are in it, or 1 for a file; above 8 any number will do. */
  files?: Count | undefined;
  /** The group that owns it. */
  gid?: GroupId | undefined;
  /** The attributes of the mount that it is on: "ro", "nosuid" and so on. */
  attributes?: readonly Attribute[] | undefined;
  /** Whether something is mounted below it: two ways to one directory may have other mounts there. Default false. */
  hasMountsBelow?: boolean | undefined;
  /** The same for the same file only, such as "0:35:1234" of device and inode. Equal ones are shared once. */
  identity?: PlainText | undefined;
}

/** A mount that makes a root filesystem (containerd's Mount). */
export interface RootFs {
  /** What is mounted (containerd and Kata: Source). */
  source?: PlainText | undefined;
  /** Where it is mounted on the host (Kata: Target): the directory that is shared. Absolute, or relative to the bundle. */
  target?: PlainText | undefined;
  /**
   * The filesystem's type (Kata: Type). "fuse.nydus-overlayfs" is a nydus image; "overlay" is made of erofs layers where its
   * directories say so.
   */
  type?: PlainText | undefined;
  /**
   * The options of that mount (Kata: Options). "ro" makes a shared directory read-only. Some describe the root filesystem itself:
   * "io.katacontainers.volume=", "extraoption=" and "io.katacontainers.fs-opt.layer=".
   */
  options?: readonly MountOption[] | undefined;
  /**
   * What the host saw: of a disk's `source` what it is, of an overlay's directories their filesystem, of a `target` that is
   * shared what it is.
   */
  facts?: SourceFacts | undefined;
}

/** A disk of the virtual machine, by the addresses at which its guest may find it (Kata: config.BlockDrive). */
export interface BlockDrive {
  /** Which device it is (Kata: DeviceBlock, VhostUserBlk). Default "block". */
  kind?: "block" | "vhost-user-blk" | undefined;
  /** For virtio-blk and vhost-user-blk, such as "02/01" (Kata: PCIPath). */
  pciPath?: PlainText | undefined;
  /** For virtio-mmio and acrn, such as "/dev/vda" (Kata: VirtPath). */
  virtPath?: PlainText | undefined;
  /** For virtio-blk-ccw, such as "0.0.0001" (Kata: DevNo). */
  devNo?: PlainText | undefined;
  /** For virtio-scsi, such as "0:1" (Kata: SCSIAddr). */
  scsiAddr?: PlainText | undefined;
  /** The number of a pmem device: the guest has it at /dev/pmem<number> (Kata: NvdimmID). */
  nvdimmId?: PlainText | undefined;
  /** The filesystem on a pmem device (Kata: Format). Default: the mount's type. */
  format?: PlainText | undefined;
  /** Whether it is a pmem device (Kata: Pmem). Default false. */
  pmem?: boolean | undefined;
}

/** A disk of a container besides its mounts: a layer of an erofs root filesystem. */
export interface Device {
  /** Its file on the host; the last name says what it is: "layer.erofs" or "rwlayer.img" (Kata: ContainerPath). */
  path: PlainText;
  /** Where the guest finds it. */
  blockDrive: BlockDrive;
}

/** One run of ids that an idmapped mount maps (OCI runtime-spec: LinuxIDMapping). */
export interface IdMapping {
  /** The first id in the container. */
  containerID: GroupId;
  /** The first id on the host. */
  hostID: GroupId;
  /** How many ids follow each other. */
  size: GroupId;
}

/** A disk that a CSI driver assigned to the guest in place of a directory (Kata: mountInfo.json of a direct volume). */
export interface DirectVolume {
  /**
   * The disk, or the file that holds one (mountInfo.json: device).
   * @minLength 1
   * @pattern ^[^\u0000\ud800-\udfff]*$
   */
  device: string;
  /** The filesystem on it (mountInfo.json: fstype). */
  fstype?: PlainText | undefined;
  /** The options to mount it with (mountInfo.json: options). Default: none. */
  options?: readonly PlainText[] | undefined;
}

/** A mount of a container (OCI runtime-spec), with what the host adds to it. */
export interface Mount {
  /** What is shared (Kata: Source): absolute, or relative to the container's bundle. */
  source?: PlainText | undefined;
  /**
   * Where the container sees it (Kata: Destination).
   * @minLength 1
   * @pattern ^[^\u0000\ud800-\udfff]*$
   */
  destination: string;
  /**
   * The filesystem's type. "bind", "none" or empty is a bind, and so is any type with the option "bind" or "rbind", but
   * "ephemeral" and "local": memory and a directory of the guest.
   */
  type?: PlainText | undefined;
  /**
   * Of a bind, OCI's words only. "rbind" comes with all mounts below; "ro" (wins over "rw", and covers them), "nosuid",
   * "nodev", "noexec", "nosymfollow" and the words for access times hold for the share, with an "r" before for all
   * mounts below; "idmap" and "ridmap" map the ids of `uidMappings` and `gidMappings`. The words for propagation, "dev",
   * "sync" and the like are left to the container. Others are refused.
   */
  options?: readonly MountOption[] | undefined;
  /** As the option "ro" (Kata: ReadOnly). Default false. */
  readOnly?: boolean | undefined;
  /** Where `shareFile` mounted it, as it returned it (Kata: HostPath). */
  hostPath?: PlainText | undefined;
  /** Of "idmap" and "ridmap" (OCI: uidMappings). */
  uidMappings?: readonly IdMapping[] | undefined;
  /** Of "idmap" and "ridmap" (OCI: gidMappings). */
  gidMappings?: readonly IdMapping[] | undefined;
  /** The disk that is mounted in place of `source` (Kata: BlockDeviceID). */
  blockDrive?: BlockDrive | undefined;
  /** What `blockDrive` is, where that disk stands for the directory `source`. */
  directVolume?: DirectVolume | undefined;
  /** Of a disk: the group that its files are given to (Kata: FSGroup). */
  fsGroup?: GroupId | undefined;
  /** Of a disk: when `fsGroup` is applied (Kata: FSGroupChangePolicy). Default "Always". */
  fsGroupChangePolicy?: "Always" | "OnRootMismatch" | undefined;
  /** Of a disk: the guest makes a filesystem on it first (Kata: BlockDeviceCreateFs). Default false. */
  createFilesystem?: boolean | undefined;
  /** Of a disk: the guest encrypts it with a key of its own (Kata: EncryptionKey). */
  encryptionKey?: "ephemeral" | undefined;
  /**
   * Of a disk: the guest tells the host which blocks it frees; the option "discard". Of no effect where the disk brings its own
   * options, as a pmem device does. Default false.
   */
  discard?: boolean | undefined;
  /** What the host saw of `source`. */
  facts?: SourceFacts | undefined;
}

/** How much memory a container may have in huge pages of one size (OCI runtime-spec: linux.resources.hugepageLimits). */
export interface HugepageLimit {
  /**
   * Such as "2MB".
   * @minLength 1
   * @pattern ^[^\u0000\ud800-\udfff]*$
   */
  pageSize: string;
  /** In bytes. */
  limit: Count;
}

/** A container. */
export interface Container {
  /** The container's id. */
  id: Id;
  /** The OCI bundle's directory; relative sources start here. */
  bundle?: Directory | undefined;
  /** Its root filesystem (Kata: RootFs). */
  rootFs?: RootFs | undefined;
  /** The root's name under the container's guest directory. Default "rootfs"; empty where a disk is the root itself. */
  rootfsSuffix?: Suffix | undefined;
  /**
   * Whether the container may not write to its root (OCI: root.readonly, Kata: ReadonlyRootfs). Default false. The share
   * stays writable, as in Kata: the guest's agent makes mount points in it first, and then the container's mount read-only.
   */
  readonlyRootfs?: boolean | undefined;
  /** The filesystem on `blockDrive`. With both, the root filesystem is that disk (Kata: state.Fstype). */
  fstype?: PlainText | undefined;
  /** The disk that holds the root filesystem (Kata: state.BlockDeviceID). */
  blockDrive?: BlockDrive | undefined;
  /** Disks that hold layers of the root filesystem, uppermost first, as "lowerdir" has them. */
  devices?: readonly Device[] | undefined;
  /** The container's annotations. Where the guest pulls the image they name it, and the guest gets them all. A
   * pod's own sandbox container, by the CRI's annotation of its type, needs no name of an image. */
  annotations?: Readonly<Record<string, PlainText>> | undefined;
  /** The container's mounts in OCI order (Kata: Mounts); of no effect on the single operations. */
  mounts?: readonly Mount[] | undefined;
  /** Needed for mounts of huge pages (OCI: linux.resources.hugepageLimits). */
  hugepageLimits?: readonly HugepageLimit[] | undefined;
}
