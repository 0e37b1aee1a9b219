import { Buffer } from "node:buffer";
import { S_IFLNK } from "./constants.ts";
import { isKernelFilesystem } from "./kernel-filesystems.ts";
import type { MountTable } from "./mount-table.ts";
import type { Statx } from "./structs.ts";
import type { Syscalls } from "./syscalls.ts";

// Filesystems on a disk or in the memory of this machine, beside the kernel's own: no server has to answer. An overlay's layers may be elsewhere.
const LOCAL: ReadonlySet<string> = new Set([
  ...["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "bcachefs", "zfs", "jfs", "reiserfs", "nilfs2"],
  ...["tmpfs", "ramfs", "rootfs", "hugetlbfs"],
  ...["erofs", "squashfs", "iso9660", "udf", "vfat", "msdos", "exfat", "ntfs3", "cramfs", "romfs"],
]);

// As many as the kernel follows.
const MOST_LINKS = 40;

/** What is asked of a server: what has a path, or also what is in it. */
export type Question = "stat" | "list";

/** Sources that cannot be looked at without asking a server, which may not answer. */
export class NotAtHand extends Error {
  override readonly name = "NotAtHand";
  readonly paths: readonly string[];
  /** What has to be asked. */
  readonly question: Question;

  constructor(paths: readonly string[], question: Question = "stat") {
    super(`a server has to be asked for ${paths.map((path) => JSON.stringify(path)).join(", ")}`);
    this.paths = paths;
    this.question = question;
  }
}

/** Whether a file's filesystem is on this machine, so that reading it asks no server. */
export function isLocal(table: MountTable, file: Statx): boolean {
  return isLocalType(table.of(file)?.fstype ?? "");
}

/** The same of a type of filesystem. */
export function isLocalType(type: string): boolean {
  return LOCAL.has(type) || isKernelFilesystem(type);
}

/**
 * Whether the last unmount of a filesystem may wait for its server. One of an overlay does not wait for its layers': they
 * are mounted by themselves.
 */
export function mayHang(type: string): boolean {
  return !isLocalType(type) && type !== "overlay" && type !== "autofs";
}

/**
 * A descriptor that only names what is at a path, as `openPath`, without asking a server: a server that is dead or hangs
 * would stop the whole process. What the kernel has cached is opened at once; names that are not cached are read where they
 * are on this machine.
 *
 * @throws {NotAtHand} where a server has to be asked.
 * @throws {SyscallError} for a path that cannot be opened.
 */
export function openAtHand(sys: Syscalls, table: MountTable, path: string): number {
  const fd = sys.openCached(path);
  if (fd !== undefined) return fd;
  // Once all names were read, only links of proc are left, which lead on without a name.
  const rest = walkToServer(sys, table, path);
  if (!rest) return sys.openCached(path) ?? sys.openPath(path);
  sys.close(rest.directory);
  throw new NotAtHand([path]);
}

/** The part of a path that a server has to be asked for. */
export interface RemoteRest {
  /** A descriptor of the directory of its filesystem, to be closed. */
  readonly directory: number;
  /** The rest of the path from there. */
  readonly relative: string;
}

/**
 * Walks a path as the kernel would, so that its names are cached, up to where a server has to be asked; undefined if none
 * has to be.
 *
 * @throws {SyscallError} for a path that cannot be opened.
 */
export function walkToServer(sys: Syscalls, table: MountTable, path: string): RemoteRest | undefined {
  const names = path.split("/");
  // Before Linux 6.8 each look at a mount reads the whole mount table.
  const types = new Map<number, string>();
  const typeOf = (file: Statx) => {
    const type = types.get(file.mountId) ?? table.of(file)?.fstype ?? "";
    types.set(file.mountId, type);
    return type;
  };
  let directory = sys.openPath(path.startsWith("/") ? "/" : ".");
  try {
    for (let links = 0; names.length > 0; ) {
      const name = names.shift() as string;
      if (name === "") continue;
      const fd = sys.openBelow(directory, name, { isAtHand: isLocalType(typeOf(sys.statx(directory))) });
      if (fd === undefined) {
        const rest = { directory, relative: [name, ...names].join("/") };
        directory = -1;
        return rest;
      }
      const file = statxOrClose(sys, fd);
      const isLink = file.type === S_IFLNK;
      if (isLink && typeOf(file) === "proc") {
        // Such a link may lead to what its text does not: a descriptor to what is hidden, a root to another namespace.
        const target = sys.using(fd, () => sys.openPath(`/proc/self/fd/${directory}/${name}`));
        sys.close(directory);
        directory = target;
        continue;
      }
      const target = isLink ? sys.using(fd, () => Buffer.from(sys.readLink(fd, "")).toString()) : "";
      if (isLink && ++links > MOST_LINKS) return undefined; // nor does the kernel go on
      names.unshift(...target.split("/"));
      if (isLink && !target.startsWith("/")) continue;
      const next = isLink ? sys.openPath("/") : fd;
      sys.close(directory);
      directory = next;
    }
    return undefined;
  } finally {
    if (directory >= 0) sys.close(directory);
  }
}

// FUSE tells nobody but its user even what its root is.
function statxOrClose(sys: Syscalls, fd: number): Statx {
  try {
    return sys.statx(fd);
  } catch (error) {
    sys.close(fd);
    throw error;
  }
}
