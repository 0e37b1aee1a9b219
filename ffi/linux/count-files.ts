import { O_RDONLY, S_IFDIR } from "./constants.ts";
import { EACCES, ELOOP, ENOENT, ENOTDIR } from "./errno.ts";
import { unlessMissing, unlessOneOf } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

// Any number of files above this one means the same.
const MOST_FILES = 8;
// Directories count as entries, too: a volume of kubelet's has a few.
const MOST_ENTRIES = 64;

/**
 * How many files are below an open directory, as far as 9. Links are files, and directories are not (Kata's countFiles). Files
 * that disappear meanwhile do not count, nor does what may not be listed: the agent cannot list it either.
 */
export function countFiles(sys: Syscalls, directory: number): number {
  return countBelow(sys, directory, ".", { entries: MOST_ENTRIES });
}

function countBelow(
  sys: Syscalls,
  parent: number,
  name: string | Uint8Array,
  room: { entries: number },
): number {
  const count = unlessOneOf([ENOENT, ENOTDIR, ELOOP, EACCES], () =>
    sys.using(sys.openDirectory(parent, name, O_RDONLY), (fd) => countIn(sys, fd, room)),
  );
  return count ?? 0;
}

function countIn(sys: Syscalls, directory: number, room: { entries: number }): number {
  let count = 0;
  for (const entry of sys.listAll(directory)) {
    if (room.entries-- <= 0) return MOST_FILES + 1;
    const found = unlessMissing(() => sys.statx(directory, entry));
    if (found) count += found.type === S_IFDIR ? countBelow(sys, directory, entry, room) : 1;
    if (count > MOST_FILES) return count;
  }
  return count;
}
