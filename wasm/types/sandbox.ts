import type { Count, Directory, Id, NamedPath, PlainText } from "./words.ts";

/** A virtual machine's sandbox; the fields are Kata's configuration keys. */
export interface Sandbox {
  /** The sandbox's id. */
  id: Id;
  /**
   * Whose directories and names the sandbox has: Kata's, which its agent knows, or those of `guestshare/vm`. With "vm" `hostDir` is by
   * default "/run/guestshare", or "guestshare" in `rootlessDir`, `guestDir` is "/run/guestshare", the tag is "guestshare", and a file
   * that is shared alone is named by its owner and its destination, percent-encoded. The owner "machine" is the guest itself. Such a
   * sandbox lives as long as the process that prepared it.
   * Default "kata".
   */
  profile?: "kata" | "vm" | undefined;
  /** How the guest gets the host's files (Kata: shared_fs). With "none" they are copied. Default "virtio-fs". */
  sharedFs?: "virtio-fs" | "virtio-fs-nydus" | "virtio-9p" | "none" | undefined;
  /** The hypervisor. firecracker, acrn and remote share no filesystem, whatever `sharedFs` is. Default "qemu". */
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
  /** The driver of disks (Kata: block_device_driver). Default "virtio-scsi". */
  blockDeviceDriver?: "virtio-blk" | "virtio-blk-ccw" | "virtio-mmio" | "virtio-scsi" | "nvdimm" | undefined;
  /** Paths that are shared read-only as sandbox-mounts/<last name> (Kata: sandbox_bind_mounts). Their last names must differ. */
  sandboxBindMounts?: readonly NamedPath[] | undefined;
  /**
   * Whether the guest pulls images without the host (Kata: service_offload). Then a container without a root filesystem on the host
   * gets only a path. Default false.
   */
  serviceOffload?: boolean | undefined;
  /** Whether the guest pulls every root filesystem (Kata: experimental_force_guest_pull). Default false. */
  forceGuestPull?: boolean | undefined;
  /** The XDG_RUNTIME_DIR, which prefixes the defaults of `hostDir` and `guestDir`, as in Kata's rootless mode. */
  rootlessDir?: Directory | undefined;
  /** The directory of all sandboxes on the host (Kata: kataHostSharedDir). Default "/run/kata-containers/shared/sandboxes". */
  hostDir?: Directory | undefined;
  /** The directory of shares in the guest (Kata: kataGuestSharedDir). Default "/run/kata-containers/shared/containers". */
  guestDir?: Directory | undefined;
  /**
   * The bytes of the /dev/shm that all containers use, as `withPodBundle` finds them (Kata: the sandbox's shmSize). With 0, each
   * container has its own. Default 0.
   */
  shmSize?: Count | undefined;
  /** The cache of virtio-fs (Kata: virtio_fs_cache). "never" and "metadata" exclude dax, because they hold no file data. Default "auto". */
  virtioFsCache?: PlainText | undefined;
  /** The size of the dax window in MiB; 0 for none (Kata: virtio_fs_cache_size). Default 0. */
  virtioFsCacheSize?: Count | undefined;
  /** The size of a 9p message in bytes (Kata: msize_9p). Default 8192. */
  msize9p?: Count | undefined;
  /** The kubelet's directory (Kata: kubelet_root_dir). It has no effect on plans. Default "/var/lib/kubelet". */
  kubeletRootDir?: Directory | undefined;
  /**
   * How the guest gets a disk-backed emptyDir (Kata: emptydir_mode). With "block-encrypted" and "block-plain" the emptyDir needs a
   * `blockDrive`. Default "shared-fs".
   */
  emptydirMode?: "shared-fs" | "block-encrypted" | "block-plain" | undefined;
  /**
   * With "shared-fs", whether a disk-backed emptyDir is a directory of the host (Kata: disable_guest_empty_dir). If false, it is a
   * directory of the guest. Default true, as in the configuration that Kata ships.
   */
  disableGuestEmptyDir?: boolean | undefined;
}
