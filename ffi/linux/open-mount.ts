import { ELOOP, ENOENT, ENOTDIR } from "./errno.ts";
import type { MountTree } from "./forbidden.ts";
import type { Mount } from "./mount.ts";
import type { Statx } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/**
 * The root of a mount of a tree, or of what is mounted on that root; undefined where its path leads to something else.
 * `top` is a descriptor of the tree's top.
 */
export function openMount(
  sys: Syscalls,
  top: number,
  tree: MountTree,
  mount: Mount,
): { fd: number; file: Statx } | undefined {
  const fd = openBelow(sys, top, tree.relative(mount));
  if (fd === undefined) return undefined;
  let isFound = false;
  try {
    const file = sys.statx(fd);
    isFound = file.isMountRoot && tree.isWithin(file.mountId, mount);
    return isFound ? { fd, file } : undefined;
  } finally {
    if (!isFound) sys.close(fd);
  }
}

/** What is at a path below a directory, one name at a time, following no link; undefined where nothing is. */
export function openBelow(sys: Syscalls, directory: number, relative: string): number | undefined {
  let fd = directory;
  try {
    for (const name of relative.split("/")) {
      const next = sys.openName(fd, name);
      if (fd !== directory) sys.close(fd);
      fd = next;
    }
    return fd;
  } catch (error) {
    if (fd !== directory) sys.close(fd);
    if (error instanceof SyscallError && [ENOENT, ENOTDIR, ELOOP].includes(error.errno)) return undefined;
    throw error;
  }
}
