import {
  type MountEntry,
  type MountTable,
  readMountinfo,
  readStatmounts,
  statmountMask,
} from "../../table/mod.ts";
import type { Work } from "../linux/paced.ts";
import { LSMT_ROOT, mountIdPages, statmountBytes } from "../linux/statmount.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";

/**
 * The mount table of this process's namespace, with ids that no other mount ever has: by listmount and statmount (Linux 6.8), or, with
 * ids that may be another mount's later, by `readTableAtOnce` where the kernel or a filter does not have them.
 */
export function* readTable(sys: Syscalls): Work<MountTable> {
  const mounts: MountEntry[] = [];
  const pages = mountIdPages(sys, LSMT_ROOT);
  for (;;) {
    const ids = nextPage(pages);
    if (ids === undefined) return yield* readTableAtOnce(sys);
    if (ids === "end") return mounts;
    for (const mount of readStatmounts(structsOf(sys, ids)).mounts) mounts.push(mount);
    const pause = sys.pause();
    if (pause) yield pause;
  }
}

/**
 * The same for whoever follows no mount by its id. A call gives a page of /proc/self/mountinfo, some thirty mounts, where statmount
 * takes one for each mount, and the kernel longer for all.
 */
export function* readTableAtOnce(sys: Syscalls): Work<MountTable> {
  return readMountinfo(yield* sys.readLongFile("/proc/self/mountinfo")).mounts;
}

// Undefined where listmount does not answer.
function nextPage(pages: Generator<number[]>): readonly number[] | "end" | undefined {
  try {
    const { done, value } = pages.next();
    return done ? "end" : value;
  } catch (error) {
    if (error instanceof SyscallError) return undefined;
    throw error;
  }
}

/** The mount with a unique id; undefined where it is gone, or has no place below the root of this process. */
export function readMount(sys: Syscalls, id: number): MountEntry | undefined {
  return readStatmounts(structsOf(sys, [id])).mounts[0];
}

// One after the other: each is read before the next one is asked for. A mount that was unmounted meanwhile has none.
function* structsOf(sys: Syscalls, ids: readonly number[]): Generator<Uint8Array> {
  for (const id of ids) {
    const bytes = statmountBytes(sys, id, statmountMask);
    if (bytes) yield bytes;
  }
}
