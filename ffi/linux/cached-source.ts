import { Buffer } from "node:buffer";
import { isKernelFilesystem } from "../../words/kernel-filesystems.ts";
import { S_IFLNK } from "./constants.ts";
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

/** The question to a server: what is at a path, or also what is in the directory there. */
export type Question = "stat" | "list";

/** Sources that cannot be looked at without asking a server, which may not answer. */
export class NotAtHand extends Error {
  override readonly name = "NotAtHand";
  readonly paths: readonly string[];
  /** The question that has to be put. */
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

/** Whether a type of filesystem is on this machine. */
export function isLocalType(type: string): boolean {
  return LOCAL.has(type) || isKernelFilesystem(type);
}

/**
 * Whether the last unmount of a filesystem may wait for its server. An overlay does not wait for the servers of its layers:
 * they are mounted by themselves.
 */
export function mayHang(type: string): boolean {
  return !isLocalType(type) && type !== "overlay" && type !== "autofs";
}

/**
 * A descriptor that only names what is at a path, as `openPath` gives, without asking a server: a server that is dead or hangs
 * would stop the whole process. Names that the kernel has cached are opened at once; other names are read where their
 * filesystem is on this machine.
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
 * Walks a path as the kernel would, so that its names are cached, up to where a server has to be asked; undefined where no
 * server has to be asked.
 *
 * @throws {SyscallError} for a path that cannot be opened.
 */
export function walkToServer(sys: Syscalls, table: MountTable, path: string): RemoteRest | undefined {
  const names = path.split("/");
  const typeOf = filesystemTypes(table);
  let directory = sys.openPath(path.startsWith("/") ? "/" : ".");
  try {
    for (let links = 0; names.length > 0; ) {
      const name = names.shift() as string;
      if (name === "") continue;
      const fd = openNext(sys, typeOf, directory, name);
      if (fd === undefined) {
        const rest = { directory, relative: [name, ...names].join("/") };
        directory = -1;
        return rest;
      }
      const file = statxOrClose(sys, fd);
      const isLink = file.type === S_IFLNK;
      if (isLink && typeOf(file) === "proc") {
        // A link of proc may not lead where its text says: a descriptor may be of a hidden file, a root in another namespace.
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

// What is called `name` in a directory; undefined where a server has to be asked for it.
function openNext(sys: Syscalls, typeOf: TypeOf, directory: number, name: string): number | undefined {
  const isAtHand = isLocalType(typeOf(sys.statx(directory)));
  const fd = sys.openBelow(directory, name, { isAtHand });
  if (fd !== undefined || !isAtHand) return fd;
  // A mount on a directory of this machine. Who mounts all the time keeps the kernel from opening it by what is cached alone.
  const isMountAtHand = isLocalType(typeOf(sys.statx(directory, name)));
  return isMountAtHand ? sys.openName(directory, Buffer.from(name).toString("latin1")) : undefined;
}

type TypeOf = (file: Statx) => string;

// The type of the filesystem that a file is on. Before Linux 6.8 each look at a mount reads the whole mount table.
function filesystemTypes(table: MountTable): TypeOf {
  const types = new Map<number, string>();
  return (file) => {
    const type = types.get(file.mountId) ?? table.of(file)?.fstype ?? "";
    types.set(file.mountId, type);
    return type;
  };
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
