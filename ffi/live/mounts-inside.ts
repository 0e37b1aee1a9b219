import { AT_FDCWD, S_IFDIR } from "../linux/constants.ts";
import { unlessMissing } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";
import { within } from "./sandbox-files.ts";

// How deep Kata makes directories, with the names of their mounts: ro/passthrough/<container>/rootfs.
const DEEPEST = 4;
// What has more names is no empty sandbox: whoever has to know all of its mounts looks at the table.
const MOST_NAMES = 256;

/**
 * Whether nothing is mounted on a directory or in it, by the names that it has: without the mount table, which may be long. False, too,
 * for a directory with more names, or deeper ones, than an empty sandbox has.
 */
export function isFreeOfMounts(sys: Syscalls, directory: string): boolean {
  const found = unlessMissing(() => sys.statx(AT_FDCWD, directory));
  if (!found) return true;
  let names = 0;
  const areFree = (fd: number, depth: number): boolean =>
    sys.list(fd).every((name) => {
      const inner = unlessMissing(() => sys.statx(fd, name));
      names += 1;
      if (!inner) return true;
      if (inner.isMountRoot || names > MOST_NAMES) return false;
      if (inner.type !== S_IFDIR) return true;
      return depth < DEEPEST && (within(sys, fd, name, (below) => areFree(below, depth + 1)) ?? true);
    });
  return !found.isMountRoot && (within(sys, AT_FDCWD, directory, (fd) => areFree(fd, 1)) ?? true);
}
