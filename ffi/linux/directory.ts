import { dirname } from "node:path";
import { AT_FDCWD, O_RDONLY, S_IFDIR } from "./constants.ts";
import { EEXIST } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Place } from "./names.ts";
import { failAfter, SyscallError, unlessMissing, unlessThere } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** Makes a directory with just this mode, whatever the umask; false where a directory is already. */
export function makeDirectory({ sys }: Host, { directory, name }: Place, mode: number): boolean {
  if (!unlessThere(() => sys.mkdir(directory, name, mode))) {
    if (sys.statx(directory, name).type === S_IFDIR) return false;
    throw new SyscallError("mkdirat", EEXIST, "something that is no directory has this name");
  }
  try {
    const made = sys.statx(directory, name);
    if (made.type !== S_IFDIR || made.mode !== mode) setMode(sys, { directory, name }, mode);
  } catch (error) {
    failAfter(error, () => sys.rmdir(directory, name));
  }
  return true;
}

// fchmodat follows links, and any process that may write here can have put a link in the name's place.
function setMode(sys: Syscalls, { directory, name }: Place, mode: number): void {
  sys.using(sys.openDirectory(directory, name, O_RDONLY), (fd) => {
    if (sys.statx(fd).isMountRoot) throw new SyscallError("statx", EEXIST, "a share has this name");
    sys.changeMode(fd, mode);
  });
}

/** Makes the directory of a path that is not there, with those above it that are not there either. */
export function makeDirectories(sys: Syscalls, path: string, mode: number): void {
  const above = dirname(path);
  if (!sys.exists(above)) makeDirectories(sys, above, mode);
  unlessThere(() => sys.mkdir(AT_FDCWD, path, mode));
}

/** Removes an empty directory; false where nothing has the name. */
export function removeDirectory({ sys }: Host, { directory, name }: Place): boolean {
  const found = unlessMissing(() => sys.statx(directory, name));
  if (!found) return false;
  if (found.type !== S_IFDIR)
    throw new SyscallError("statx", EEXIST, "it is no directory; remove it yourself");
  sys.rmdir(directory, name);
  return true;
}
