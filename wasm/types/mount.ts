import type { Attribute, MountOption } from "./option-words.ts";
import type { Count, GroupId, PlainText } from "./words.ts";

/** What the host found at a source. A preview can state it. Without it, only the request's paths and words decide. */
export interface SourceFacts {
  /** The kind of file at the path. */
  kind?: "file" | "directory" | "block" | "char" | "fifo" | "socket" | "missing" | undefined;
  /** The type of its filesystem, such as "tmpfs", "hugetlbfs" or "erofs". */
  filesystem?: PlainText | undefined;
  /**
   * Whether the source is a mount point; for a source below an emptyDir, whether the emptyDir is one. An emptyDir becomes memory of
   * the guest only if it is, not if the whole directory of the kubelet is in memory. Default true.
   */
  isMountPoint?: boolean | undefined;
  /**
   * The path of the source in an emptyDir, if it has another one besides its own, because the kubelet mounts a subPath elsewhere.
   * Such as "/var/lib/kubelet/pods/p1/volumes/kubernetes.io~empty-dir/cache/sub".
   */
  emptyDirPath?: PlainText | undefined;
  /** The options of that filesystem, such as "pagesize=2M". */
  filesystemOptions?: readonly PlainText[] | undefined;
  /** The number of files in it, or 1 for a file. Any number above 8 means the same. */
  files?: Count | undefined;
  /** The group that owns it. */
  gid?: GroupId | undefined;
  /** The attributes of the mount that contains it: "ro", "nosuid" and so on. */
  attributes?: readonly Attribute[] | undefined;
  /** Whether it has submounts. These may differ between two paths of one directory. Default false. */
  hasMountsBelow?: boolean | undefined;
  /** A text that only paths of the same file have in common, such as "0:35:1234" from device and inode. Such paths get one share. */
  identity?: PlainText | undefined;
}

/** A disk of the virtual machine, with the addresses by which its guest can find it (Kata: config.BlockDrive). */
export interface BlockDrive {
  /** The type of device (Kata: DeviceBlock, VhostUserBlk). Default "block". */
  kind?: "block" | "vhost-user-blk" | undefined;
  /** For virtio-blk and vhost-user-blk, such as "02/01" (Kata: PCIPath). */
  pciPath?: PlainText | undefined;
  /** For virtio-mmio and acrn, such as "/dev/vda" (Kata: VirtPath). */
  virtPath?: PlainText | undefined;
  /** For virtio-blk-ccw, such as "0.0.0001" (Kata: DevNo). */
  devNo?: PlainText | undefined;
  /** For virtio-scsi, such as "0:1" (Kata: SCSIAddr). */
  scsiAddr?: PlainText | undefined;
  /** The number of a pmem device, which is /dev/pmem<number> in the guest (Kata: NvdimmID). */
  nvdimmId?: PlainText | undefined;
  /** The filesystem on a pmem device (Kata: Format). Default: the mount's type. */
  format?: PlainText | undefined;
  /** Whether it is a pmem device (Kata: Pmem). Default false. */
  pmem?: boolean | undefined;
}

/** A range of ids that an idmapped mount maps (OCI runtime-spec: LinuxIDMapping). */
export interface IdMapping {
  /** The first id in the container. */
  containerID: GroupId;
  /** The first id on the host. */
  hostID: GroupId;
  /** The number of ids in the range. */
  size: GroupId;
}

/** A disk that the guest mounts in place of a directory of the host (Kata: mountInfo.json of a direct volume). */
export interface DirectVolume {
  /**
   * The disk or the disk image (mountInfo.json: device).
   * @minLength 1
   * @pattern ^[^\u0000\ud800-\udfff]*$
   */
  device: string;
  /** The filesystem on it (mountInfo.json: fstype). */
  fstype?: PlainText | undefined;
  /** The options to mount it with (mountInfo.json: options). Default: none. */
  options?: readonly PlainText[] | undefined;
}

/** A mount of a container (OCI runtime-spec), with fields that the host adds. */
export interface Mount {
  /** The path that is shared, absolute or relative to the container's bundle (Kata: Source). */
  source?: PlainText | undefined;
  /**
   * The path in the container (Kata: Destination).
   * @minLength 1
   * @pattern ^[^\u0000\ud800-\udfff]*$
   */
  destination: string;
  /**
   * The filesystem's type. "bind", "none" and "" are binds, and so is any type with the option "bind" or "rbind". The exceptions are
   * "ephemeral" and "local", for memory and a directory of the guest.
   */
  type?: PlainText | undefined;
  /**
   * A bind may have only OCI's words. "rbind" includes all submounts. "ro", "nosuid", "nodev", "noexec", "nosymfollow" and the words
   * for access times are set on the share, and with an "r" before them on its submounts, too; "ro" always is, and wins over "rw".
   * "idmap" and "ridmap" map the ids of `uidMappings` and `gidMappings`. The words for propagation, "dev", "sync" and the like apply
   * only to the container's own mount. Other words are refused.
   */
  options?: readonly MountOption[] | undefined;
  /** The same as the option "ro" (Kata: ReadOnly). Default false. */
  readOnly?: boolean | undefined;
  /** The `hostPath` that `shareFile` returned (Kata: HostPath). */
  hostPath?: PlainText | undefined;
  /** The mappings of user ids for "idmap" and "ridmap" (OCI: uidMappings). */
  uidMappings?: readonly IdMapping[] | undefined;
  /** The mappings of group ids for "idmap" and "ridmap" (OCI: gidMappings). */
  gidMappings?: readonly IdMapping[] | undefined;
  /** The disk that is mounted in place of `source` (Kata: BlockDeviceID). */
  blockDrive?: BlockDrive | undefined;
  /** What is on `blockDrive`, if the guest mounts that disk in place of the directory `source`. */
  directVolume?: DirectVolume | undefined;
  /** For a disk, the group that gets its files (Kata: FSGroup). */
  fsGroup?: GroupId | undefined;
  /** For a disk, when `fsGroup` is applied (Kata: FSGroupChangePolicy). Default "Always". */
  fsGroupChangePolicy?: "Always" | "OnRootMismatch" | undefined;
  /** For a disk, whether the guest first creates a filesystem on it (Kata: BlockDeviceCreateFs). Default false. */
  createFilesystem?: boolean | undefined;
  /** For a disk, whether the guest encrypts it with its own key (Kata: EncryptionKey). */
  encryptionKey?: "ephemeral" | undefined;
  /**
   * For a disk, whether the guest tells the host which blocks it frees (the mount option "discard"). Ignored for a pmem device, which
   * has its own options. Default false.
   */
  discard?: boolean | undefined;
  /** What the host found at `source`. */
  facts?: SourceFacts | undefined;
}
