// Of each errno that our calls can give: its number, its name, and what it says here.
const table: readonly [number: number, name: string, meaning: string][] = [
  [1, "EPERM", "not permitted; it takes root, or root in a user namespace of its own"],
  [2, "ENOENT", "no such file or directory"],
  [4, "EINTR", "interrupted"],
  [5, "EIO", "input/output error"],
  [9, "EBADF", "bad file descriptor"],
  [11, "EAGAIN", "busy at the moment; try again"],
  [12, "ENOMEM", "the kernel has no memory"],
  [13, "EACCES", "permission denied on the way there; be root, or give a hostDir of your own"],
  [14, "EFAULT", "bad address"],
  [16, "EBUSY", "in use"],
  [17, "EEXIST", "something is there already"],
  [18, "EXDEV", "on another filesystem"],
  [20, "ENOTDIR", "not a directory"],
  [21, "EISDIR", "a directory"],
  [22, "EINVAL", "the kernel refuses it"],
  [23, "ENFILE", "the system has too many open files"],
  [24, "EMFILE", "this process has too many open files"],
  [27, "EFBIG", "the file is too large"],
  [28, "ENOSPC", "no room: a full filesystem, or fs.mount-max mounts"],
  [30, "EROFS", "a read-only filesystem"],
  [31, "EMLINK", "a file with another name, which may be elsewhere"],
  [36, "ENAMETOOLONG", "the name is too long"],
  [38, "ENOSYS", "this kernel is too old; Linux 5.12 is needed"],
  [39, "ENOTEMPTY", "the directory is not empty"],
  [40, "ELOOP", "a link is in the way"],
  [75, "EOVERFLOW", "the answer is too large"],
  [95, "EOPNOTSUPP", "not supported"],
  [110, "ETIMEDOUT", "it took too long"],
  [116, "ESTALE", "the file is gone from its server"],
];

/** The name of an errno, such as "EBUSY". */
export function errnoName(errno: number): string {
  return table.find(([number]) => number === errno)?.[1] ?? `errno ${errno}`;
}

/** What an errno says, for people. */
export function errnoMeaning(errno: number): string {
  return table.find(([number]) => number === errno)?.[2] ?? "see errno(3)";
}

/** The number of an errno by its name; EIO's for an unknown one. */
export function errnoOf(name: string): number {
  return table.find(([, known]) => known === name)?.[0] ?? 5;
}

export const ENOENT = 2;
export const EPERM = 1;
export const EINTR = 4;
export const EAGAIN = 11;
export const EACCES = 13;
export const EBUSY = 16;
export const EEXIST = 17;
export const EXDEV = 18;
export const ENOTDIR = 20;
export const EISDIR = 21;
export const EINVAL = 22;
export const EMLINK = 31;
export const ENAMETOOLONG = 36;
export const ENOSYS = 38;
export const ENOTEMPTY = 39;
export const ELOOP = 40;
export const EOVERFLOW = 75;
export const EOPNOTSUPP = 95;
export const ETIMEDOUT = 110;
