import { type MountTable, readMountinfo } from "../../table/mod.ts";
import { AT_FDCWD, O_RDONLY } from "../linux/constants.ts";
import { EACCES, EINVAL, ENOENT, ESRCH } from "../linux/errno.ts";
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

/** Reads one table for each other mount namespace, by any process in it. */
export async function otherTables(sys: Syscalls): Promise<OtherTables> {
  const seen = new Set([inodeOf(sys, "/proc/self/ns/mnt")]);
  const tables: NamespaceTable[] = [];
  let isComplete = true;
  const processes = sys.using(sys.openDirectory(AT_FDCWD, "/proc", O_RDONLY), (fd) => sys.list(fd));
  for (const process of processes.filter((name) => /^[0-9]+$/.test(name))) {
    await sys.pause();
    try {
      const inode = namespaceOf(sys, process);
      if (seen.has(inode)) continue;
      const { mounts } = readMountinfo(sys.readFile(`/proc/${process}/mountinfo`));
      seen.add(inode);
      tables.push({ inode, process: Number(process), mounts });
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      if (!GONE.includes(error.errno)) isComplete = false;
    }
  }
  return { tables, isComplete };
}

// Some machines let nobody look at the first process, but at its mounts: it counts as a namespace of its own then.
function namespaceOf(sys: Syscalls, process: string): number {
  const inode = unlessOneOf(process === "1" ? [EACCES] : [], () => inodeOf(sys, `/proc/${process}/ns/mnt`));
  return inode ?? 0;
}

/** The directories, of these, in which another namespace has something mounted. */
export function directoriesElsewhere(
  { tables }: OtherTables,
  directories: ReadonlySet<string>,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { mounts } of tables) {
    for (const { target } of mounts) {
      for (let end = target.length; end > 0; end = target.lastIndexOf("/", end - 1)) {
        const above = target.slice(0, end);
        if (directories.has(above)) found.add(above);
      }
    }
  }
  return found;
}
