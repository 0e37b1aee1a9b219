import type { Count, Directory, Id, NamedPath, PlainText } from "./words.ts";

/** A virtual machine's sandbox; the fields are Kata's configuration keys. */
export interface Sandbox {
  /** The sandbox's id. */
  id: Id;
  /** How the guest sees the host's files (Kata: shared_fs). Default "virtio-fs"; with "none" the agent gets copies. */
  sharedFs?: "virtio-fs" | "virtio-fs-nydus" | "virtio-9p" | "none" | undefined;
  /** Default "qemu". firecracker, acrn and remote share no filesystem, whatever `sharedFs` says. */
  hypervisor?:
    | "qemu"
    | "clh"
    | "firecracker"
    | "acrn"
    | "dragonball"
    | "stratovirt"
    | "remote"
    | "openvmm"
    | undefined;
  /** How disks reach the guest (Kata: block_device_driver). Default "virtio-scsi". */
  blockDeviceDriver?: "virtio-blk" | "virtio-blk-ccw" | "virtio-mmio" | "virtio-scsi" | "nvdimm" | undefined;
  /** Read-only, each under sandbox-mounts/<last name> (Kata: sandbox_bind_mounts). The last names must differ. */
  sandboxBindMounts?: readonly NamedPath[] | undefined;
  /**
   * The guest pulls images by itself (Kata: service_offload): a container without a root filesystem of the host gets a
   * path only. Default false.
   */
  serviceOffload?: boolean | undefined;
  /** Every root filesystem is pulled in the guest (Kata: experimental_force_guest_pull). Default false. */
  forceGuestPull?: boolean | undefined;
  /** XDG_RUNTIME_DIR: comes before the defaults of `hostDir` and `guestDir`, as in Kata's rootless mode. */
  rootlessDir?: Directory | undefined;
  /** Where the directories of sandboxes are (Kata: kataHostSharedDir). Default "/run/kata-containers/shared/sandboxes". */
  hostDir?: Directory | undefined;
  /** Where the guest mounts what is shared (Kata: kataGuestSharedDir). Default "/run/kata-containers/shared/containers". */
  guestDir?: Directory | undefined;
  /**
   * Bytes of the guest's /dev/shm (Kata: the sandbox's shmSize), as `withPodBundle` finds them; 0, the default, for none of
   * the sandbox's own.
   */
  shmSize?: Count | undefined;
  /** Kata: virtio_fs_cache. A cache without file data ("never", "metadata") rules out dax. Default "auto". */
  virtioFsCache?: PlainText | undefined;
  /** MiB of the dax window (Kata: virtio_fs_cache_size); 0, the default, for none. */
  virtioFsCacheSize?: Count | undefined;
  /** Bytes of a 9p message (Kata: msize_9p). Default 8192. */
  msize9p?: Count | undefined;
  /** Where the kubelet keeps volumes (Kata: kubelet_root_dir); of no effect on a plan. Default "/var/lib/kubelet". */
  kubeletRootDir?: Directory | undefined;
  /**
   * What a disk-backed emptyDir becomes (Kata: emptydir_mode). With "block-encrypted" and "block-plain" it has to come
   * with a `blockDrive`. Default "shared-fs".
   */
  emptydirMode?: "shared-fs" | "block-encrypted" | "block-plain" | undefined;
  /**
   * With "shared-fs": whether a disk-backed emptyDir is the host's own directory (Kata: disable_guest_empty_dir). False
   * makes a directory in the guest instead. Default true, as in the configuration that Kata ships.
   */
  disableGuestEmptyDir?: boolean | undefined;
}
