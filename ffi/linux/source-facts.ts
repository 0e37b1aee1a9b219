import { wordsOf } from "./attributes.ts";
import * as c from "./constants.ts";
import type { Host } from "./host.ts";
import type { Statx } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** What a host can see of a source. */
export interface Seen {
  readonly kind: "file" | "directory" | "block" | "char" | "fifo" | "socket" | "missing";
  readonly filesystem?: string;
  readonly filesystemOptions?: readonly string[];
  readonly files?: number;
  readonly gid?: number;
  readonly attributes?: readonly string[];
  readonly identity?: string;
}

const kinds = new Map<number, Seen["kind"]>([
  [c.S_IFREG, "file"],
  [c.S_IFDIR, "directory"],
  [c.S_IFBLK, "block"],
  [c.S_IFCHR, "char"],
  [c.S_IFIFO, "fifo"],
  [c.S_IFSOCK, "socket"],
]);

/** How many files more than these are as good as any. */
const MOST_FILES = 8;

/** What was found out about mounts, for sources that are looked at together. */
export type SeenMounts = Map<number, { filesystem: string; attributes: readonly string[] }>;

/**
 * What is at a path, as opening it shows; undefined where it is there and cannot be opened: whoever shares it will get the
 * reason. `counted` tells how many files are in it.
 */
export function look(host: Host, path: string, mounts: SeenMounts, counted: boolean): Seen | undefined {
  const { sys } = host;
  let fd: number;
  try {
    fd = sys.openPath(path);
  } catch (error) {
    return isMissing(error) ? { kind: "missing" } : undefined;
  }
  return sys.using(fd, () => {
    const file = sys.statx(fd);
    const kind = kinds.get(file.type);
    if (kind === undefined) return undefined;
    const seen = { kind, gid: file.gid, identity: file.identity };
    const files = counted ? { files: kind === "directory" ? countFiles(sys, fd, ".") : 1 } : undefined;
    return Object.assign(seen, mountOf(host, file, mounts), files);
  });
}

function mountOf(host: Host, file: Statx, mounts: SeenMounts): Partial<Seen> | undefined {
  const known = mounts.get(file.mountId) ?? seeMount(host, file, mounts);
  if (known?.filesystem !== "hugetlbfs") return known;
  return { ...known, filesystemOptions: [`pagesize=${file.blockSize}`] };
}

function seeMount({ table }: Host, file: Statx, mounts: SeenMounts): Partial<Seen> | undefined {
  const mount = table.of(file);
  if (!mount) return undefined;
  const seen = { filesystem: mount.fstype, attributes: wordsOf(mount.attributes) };
  mounts.set(file.mountId, seen);
  return seen;
}

// Links are files, and directories are not; beyond the limit nobody counts (Kata's countFiles).
function countFiles(sys: Syscalls, parent: number, name: string): number {
  return sys.using(sys.openDirectory(parent, name, c.O_RDONLY), (directory) => {
    let count = 0;
    for (const entry of sys.list(directory)) {
      const isDirectory = sys.statx(directory, entry).type === c.S_IFDIR;
      count += isDirectory ? countFiles(sys, directory, entry) : 1;
      if (count > MOST_FILES) return count;
    }
    return count;
  });
}

// ENOENT, and ENOTDIR for a path that goes through a file.
function isMissing(error: unknown): boolean {
  return error instanceof SyscallError && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
