import { Buffer } from "node:buffer";
import { type MountTable, readMountinfo } from "../../table/mod.ts";
import { AT_FDCWD, O_RDONLY } from "../linux/constants.ts";
import { EACCES, EINVAL, ENOENT, ESRCH } from "../linux/errno.ts";
import { FileBytes } from "../linux/file-calls.ts";
import { inodeOf } from "../linux/namespace.ts";
import { SyscallError, unlessOneOf } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";

/** The mount table of another mount namespace. */
export interface NamespaceTable {
  /** The namespace's number, as in "mnt:[4026531832]". */
  readonly inode: number;
  /** A process in it. */
  readonly process: number;
  readonly mounts: MountTable;
}

/** The tables of the other mount namespaces that have a process. */
export interface OtherTables {
  readonly tables: readonly NamespaceTable[];
  /** Whether each process could be looked at: else there may be more. */
  readonly isComplete: boolean;
}

// A process ended meanwhile. EINVAL is the mountinfo of one that was not waited for.
const GONE = [ENOENT, ESRCH, EINVAL];

/** The mountinfo of another namespace, by any process in it. */
interface OtherMountinfo {
  readonly inode: number;
  readonly process: number;
  readonly bytes: Uint8Array;
}

/** Reads one table for each other mount namespace, by any process in it. */
export async function otherTables(sys: Syscalls): Promise<OtherTables> {
  const tables: NamespaceTable[] = [];
  const isComplete = await eachOther(sys, ({ inode, process, bytes }) => {
    tables.push({ inode, process, mounts: readMountinfo(bytes).mounts });
  });
  return { tables, isComplete };
}

/** Takes one after the other, whose bytes are gone afterwards; gives whether each process could be looked at. */
async function eachOther(sys: Syscalls, take: (one: OtherMountinfo) => void): Promise<boolean> {
  const file = new FileBytes();
  const seen = new Set([inodeOf(sys, "/proc/self/ns/mnt")]);
  let isComplete = true;
  const processes = sys.using(sys.openDirectory(AT_FDCWD, "/proc", O_RDONLY), (fd) => sys.list(fd));
  for (const process of processes.filter((name) => /^[0-9]+$/.test(name))) {
    await sys.pause();
    try {
      const inode = namespaceOf(sys, process);
      if (seen.has(inode)) continue;
      const bytes = sys.readFile(`/proc/${process}/mountinfo`, file);
      seen.add(inode);
      take({ inode, process: Number(process), bytes });
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      if (!GONE.includes(error.errno)) isComplete = false;
    }
  }
  return isComplete;
}

// Some machines let nobody look at the first process, but at its mounts: it counts as a namespace of its own then.
function namespaceOf(sys: Syscalls, process: string): number {
  const inode = unlessOneOf(process === "1" ? [EACCES] : [], () => inodeOf(sys, `/proc/${process}/ns/mnt`));
  return inode ?? 0;
}

/** Which directories other namespaces use. */
export interface Elsewhere {
  /** Of the directories that were asked about, those in which another namespace has something mounted. */
  readonly directories: ReadonlySet<string>;
  /** Whether each process could be looked at, if one had to be: else there may be more. */
  readonly isComplete: boolean;
}

/**
 * In which of these directories of sandboxes another namespace has something mounted. A node has many namespaces of many mounts each, so
 * that no table is kept, and only lines are read that have the name of `hostDir`.
 */
export async function usedElsewhere(
  sys: Syscalls,
  hostDir: string,
  directories: ReadonlySet<string>,
): Promise<Elsewhere> {
  const found = new Set<string>();
  if (directories.size === 0) return { directories: found, isComplete: true };
  const isComplete = await eachOther(sys, ({ bytes }) => {
    for (const { target } of readMountinfo(linesWith(bytes, hostDir)).mounts)
      for (let end = target.length; end > 0; end = target.lastIndexOf("/", end - 1)) {
        const above = target.slice(0, end);
        if (directories.has(above)) found.add(above);
      }
  });
  return { directories: found, isComplete };
}

// The kernel writes these as they are; of a name with others, all lines are taken.
const unescaped = /^[!-[\]-~]+$/;

function linesWith(mountinfo: Uint8Array, name: string): Uint8Array {
  if (!unescaped.test(name)) return mountinfo;
  const bytes = Buffer.from(mountinfo.buffer, mountinfo.byteOffset, mountinfo.byteLength);
  const lines: Uint8Array[] = [];
  for (let at = bytes.indexOf(name); at !== -1; ) {
    const newline = bytes.indexOf("\n", at);
    const end = newline === -1 ? bytes.length : newline + 1;
    lines.push(bytes.subarray(bytes.lastIndexOf("\n", at) + 1, end));
    at = bytes.indexOf(name, end);
  }
  return Buffer.concat(lines);
}
