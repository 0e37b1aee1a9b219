/** A parameter of a system call: an int, a size_t, or bytes that the kernel reads or writes. */
export type Parameter = "int" | "size" | "bytes";

interface Call {
  readonly x64: number;
  readonly arm64: number;
  readonly parameters: readonly Parameter[];
}

// x86-64 and aarch64 number calls alike from 424 on.
const call = (x64: number, arm64: number, ...parameters: Parameter[]): Call => ({ x64, arm64, parameters });

/** The name of a system call that we make. */
export type CallName =
  | "openat"
  | "read"
  | "write"
  | "close"
  | "close_range"
  | "getdents64"
  | "mkdirat"
  | "mknodat"
  | "fchmodat"
  | "unlinkat"
  | "readlinkat"
  | "statx"
  | "pwrite64"
  | "ftruncate"
  | "fchmod"
  | "fchownat"
  | "renameat"
  | "symlinkat"
  | "flock"
  | "fcntl"
  | "umount2"
  | "open_tree"
  | "move_mount"
  | "fsopen"
  | "fsconfig"
  | "fsmount"
  | "mount_setattr"
  | "openat2"
  | "getrandom"
  | "listmount"
  | "ioctl"
  | "statmount"
  | "fanotify_init"
  | "fanotify_mark"
  | "unshare"
  | "setns"
  | "socket"
  | "connect"
  | "getsockopt"
  | "open_tree_attr";

/** The system calls that we make, by number: libc has no name yet for the newest. */
export const calls: Record<CallName, Call> = {
  // int openat(int dirfd, const char *path, int flags, mode_t mode)
  openat: call(257, 56, "int", "bytes", "int", "int"),
  // ssize_t read(int fd, void *buf, size_t count)
  read: call(0, 63, "int", "bytes", "size"),
  // ssize_t write(int fd, const void *buf, size_t count)
  write: call(1, 64, "int", "bytes", "size"),
  // int close_range(unsigned first, unsigned last, unsigned flags)
  close_range: call(436, 436, "int", "int", "int"),
  // ssize_t getdents64(int fd, void *dirp, size_t count)
  getdents64: call(217, 61, "int", "bytes", "size"),
  // int close(int fd)
  close: call(3, 57, "int"),
  // int mkdirat(int dirfd, const char *path, mode_t mode)
  mkdirat: call(258, 34, "int", "bytes", "int"),
  // int mknodat(int dirfd, const char *path, mode_t mode, dev_t dev)
  mknodat: call(259, 33, "int", "bytes", "int", "int"),
  // int fchmodat(int dirfd, const char *path, mode_t mode)
  fchmodat: call(268, 53, "int", "bytes", "int"),
  // int unlinkat(int dirfd, const char *path, int flags)
  unlinkat: call(263, 35, "int", "bytes", "int"),
  // ssize_t readlinkat(int dirfd, const char *path, char *buf, size_t bufsiz)
  readlinkat: call(267, 78, "int", "bytes", "bytes", "size"),
  // int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *statxbuf)
  statx: call(332, 291, "int", "bytes", "int", "int", "bytes"),
  // ssize_t pwrite64(int fd, const void *buf, size_t count, off_t offset)
  pwrite64: call(18, 68, "int", "bytes", "size", "size"),
  // int ftruncate(int fd, off_t length)
  ftruncate: call(77, 46, "int", "size"),
  // int fchmod(int fd, mode_t mode)
  fchmod: call(91, 52, "int", "int"),
  // int fchownat(int dirfd, const char *path, uid_t owner, gid_t group, int flags)
  fchownat: call(260, 54, "int", "bytes", "int", "int", "int"),
  // int renameat(int olddirfd, const char *oldpath, int newdirfd, const char *newpath)
  renameat: call(264, 38, "int", "bytes", "int", "bytes"),
  // int symlinkat(const char *target, int newdirfd, const char *linkpath)
  symlinkat: call(266, 36, "bytes", "int", "bytes"),
  // int flock(int fd, int operation)
  flock: call(73, 32, "int", "int"),
  // int fcntl(int fd, int op, struct flock *lock)
  fcntl: call(72, 25, "int", "int", "bytes"),
  // ssize_t getrandom(void *buf, size_t buflen, unsigned flags)
  getrandom: call(318, 278, "bytes", "size", "int"),
  // int umount2(const char *target, int flags)
  umount2: call(166, 39, "bytes", "int"),
  // int open_tree(int dirfd, const char *path, unsigned flags)
  open_tree: call(428, 428, "int", "bytes", "int"),
  // int move_mount(int from_dirfd, const char *from, int to_dirfd, const char *to, unsigned flags)
  move_mount: call(429, 429, "int", "bytes", "int", "bytes", "int"),
  // int fsopen(const char *fsname, unsigned flags)
  fsopen: call(430, 430, "bytes", "int"),
  // int fsconfig(int fd, unsigned cmd, const char *key, const void *value, int aux)
  fsconfig: call(431, 431, "int", "int", "bytes", "bytes", "int"),
  // int fsmount(int fsfd, unsigned flags, unsigned attributes)
  fsmount: call(432, 432, "int", "int", "int"),
  // int openat2(int dirfd, const char *path, const struct open_how *how, size_t size)
  openat2: call(437, 437, "int", "bytes", "bytes", "size"),
  // int mount_setattr(int dirfd, const char *path, unsigned flags, struct mount_attr *attr, size_t size)
  mount_setattr: call(442, 442, "int", "bytes", "int", "bytes", "size"),
  // int ioctl(int fd, unsigned long op, void *argp)
  ioctl: call(16, 29, "int", "size", "bytes"),
  // ssize_t listmount(const struct mnt_id_req *req, u64 *mnt_ids, size_t nr_mnt_ids, unsigned flags)
  listmount: call(458, 458, "bytes", "bytes", "size", "int"),
  // int statmount(struct mnt_id_req *req, struct statmount *buf, size_t size, unsigned flags)
  statmount: call(457, 457, "bytes", "bytes", "size", "int"),
  // int fanotify_init(unsigned flags, unsigned event_f_flags)
  fanotify_init: call(300, 262, "int", "int"),
  // int fanotify_mark(int fd, unsigned flags, uint64_t mask, int dirfd, const char *path)
  fanotify_mark: call(301, 263, "int", "int", "size", "int", "bytes"),
  // int unshare(int flags)
  unshare: call(272, 97, "int"),
  // int setns(int fd, int nstype)
  setns: call(308, 268, "int", "int"),
  // int socket(int domain, int type, int protocol)
  socket: call(41, 198, "int", "int", "int"),
  // int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen)
  connect: call(42, 203, "int", "bytes", "int"),
  // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen)
  getsockopt: call(55, 209, "int", "int", "int", "bytes", "bytes"),
  // int open_tree_attr(int dirfd, const char *path, unsigned flags, struct mount_attr *attr, size_t size)
  open_tree_attr: call(467, 467, "int", "bytes", "int", "bytes", "size"),
};

/** What a system call is given: null for a null pointer, undefined where it takes fewer. */
export type Argument = number | Uint8Array | null | undefined;

/** A system call of ours takes five arguments at the most. Lists of them would cost more than some calls. */
export type Invoke = (a?: Argument, b?: Argument, c?: Argument, d?: Argument, e?: Argument) => number;

/** A function that makes one call with just as many arguments as it has, and hands on what `settle` makes of -1. */
export function invokeWith(
  syscall: (number: number, ...args: unknown[]) => number,
  number: number,
  count: number,
  settle: (result: number) => number,
): Invoke {
  // One function for each count: the runtimes make a call of fixed length fast.
  if (count === 1) return (a) => settle(syscall(number, a));
  if (count === 2) return (a, b) => settle(syscall(number, a, b));
  if (count === 3) return (a, b, c) => settle(syscall(number, a, b, c));
  if (count === 4) return (a, b, c, d) => settle(syscall(number, a, b, c, d));
  return (a, b, c, d, e) => settle(syscall(number, a, b, c, d, e));
}

/** The number of a call on this machine's processor. */
export function callNumber(name: CallName, architecture: string): number {
  if (architecture === "x64" || architecture === "arm64") return calls[name][architecture];
  throw new Error(`Cannot call ${name}: no system call numbers for ${architecture}; x64 and arm64 are known`);
}
