import { isLocal } from "./cached-source.ts";
import { ELOOP, ENOENT, ENOTDIR } from "./errno.ts";
import type { MountTree } from "./forbidden-submounts.ts";
import type { Host } from "./host.ts";
import type { Mount } from "./mount.ts";
import type { Statx } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";

/** The top of a tree of mounts, to reach the others from. */
export interface Top {
  readonly fd: number;
  /**
   * Called before a server is asked for a path in the tree, each character of which is a byte. A server that does not answer
   * would stop the whole process: this throws where the server has not answered before.
   */
  beforeAsking(relative: string): void;
}

/**
 * The root of a mount of a tree, or of the mount on that root; undefined where the path leads to something else.
 */
export function openMount(
  host: Host,
  top: Top,
  tree: MountTree,
  mount: Mount,
): { fd: number; file: Statx } | undefined {
  const { sys } = host;
  const fd = openBelow(host, top, tree.relative(mount));
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

/** What is at a path in a tree, one name at a time, following no link; undefined where nothing is. */
export function openBelow({ sys, table }: Host, top: Top, relative: string): number | undefined {
  let fd = top.fd;
  const openNext = (name: string) => {
    const cached = sys.openNameCached(fd, name);
    if (cached !== undefined) return cached;
    if (!isLocal(table, sys.statx(fd))) top.beforeAsking(relative);
    return sys.openName(fd, name);
  };
  try {
    for (const name of relative.split("/")) {
      const next = openNext(name);
      if (fd !== top.fd) sys.close(fd);
      fd = next;
    }
    return fd;
  } catch (error) {
    if (fd !== top.fd) sys.close(fd);
    if (error instanceof SyscallError && [ENOENT, ENOTDIR, ELOOP].includes(error.errno)) return undefined;
    throw error;
  }
}
