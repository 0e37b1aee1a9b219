/**
 * The kernel's own filesystems, by the names that mounts have. Their files are no data: they show and control the one
 * kernel below them, and a guest has a kernel of its own.
 */
// Not among them: tmpfs, ramfs, rootfs and hugetlbfs (their files are whoever's wrote them), overlay, fuse, and autofs, which
// shows nothing but mounts real filesystems. Nor what cannot be mounted at all: pipefs, sockfs, anon_inodefs and their like.
export const kernelFilesystems: ReadonlySet<string> = new Set([
  // Processes, devices, and the kernel's settings: core_pattern and sysrq-trigger are in proc, uevent_helper in sysfs.
  ...["proc", "sysfs", "configfs", "securityfs", "selinuxfs", "smackfs", "apparmorfs"],
  // Limits of processes; a release_agent runs as the host's root. cpuset is what cgroup was first.
  ...["cgroup", "cgroup2", "cpuset", "resctrl"],
  // What the kernel does at the moment, and programs that it runs.
  ...["debugfs", "tracefs", "bpf", "binfmt_misc", "oprofilefs"],
  // Nodes of the host's terminals and devices. In a guest the same numbers are other devices, and one who may write there
  // takes nodes away from the host: devtmpfs is one for the whole machine.
  ...["devpts", "devtmpfs", "binder", "usbfs", "functionfs", "gadgetfs", "ibmasmfs", "ipathfs", "spufs"],
  // What the firmware or the hypervisor keeps: an erased variable of efivarfs can end a machine for good.
  ...["efivarfs", "pstore", "openpromfs", "s390_hypfs", "xenfs"],
  // Switches of file servers and clusters, the host's connections to them, and to servers of fuse.
  ...["fusectl", "nfsd", "rpc_pipefs", "ocfs2_dlmfs"],
  // Namespaces, processes and message queues of the host, as files.
  ...["nsfs", "pidfs", "mqueue"],
]);

/** Whether a filesystem is the kernel's own: its files may be neither shared nor copied. */
export function isKernelFilesystem(type: string): boolean {
  return kernelFilesystems.has(type);
}

/** Why nothing on a filesystem of the kernel's may be shared. */
export function kernelFilesystemReason(type: string): string {
  return `the source is on ${type}, which shows the host; the guest has its own`;
}
