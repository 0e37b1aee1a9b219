import * as c from "./constants.ts";
import { EEXIST } from "./errno.ts";
import { isGuard } from "./guard.ts";
import type { Host } from "./host.ts";
import type { Place } from "./reach.ts";
import { SyscallError, unlessMissing } from "./syscall-error.ts";

/** Detaches what is mounted at a place, with all below it; false where nothing is. */
export function unmount({ sys }: Host, place: Place): boolean {
  const found = unlessMissing(() => sys.statx(place.directory, place.name));
  if (!found?.isMountRoot) return false;
  sys.umount(place.directory, place.name);
  return true;
}

/** Detaches a guard, and nothing else that may be mounted there; false where nothing is. */
export function unmountGuard(host: Host, place: Place): boolean {
  const found = unlessMissing(() => host.sys.statx(place.directory, place.name));
  if (!found?.isMountRoot) return false;
  if (!isGuard(host, found)) {
    throw new SyscallError(
      "statx",
      EEXIST,
      "something else is mounted on the sandbox's directory; unmount it yourself",
    );
  }
  host.sys.umount(place.directory, place.name);
  return true;
}

/** Removes an empty directory; false where nothing is. */
export function removeDirectory({ sys }: Host, { directory, name }: Place): boolean {
  const found = unlessMissing(() => sys.statx(directory, name));
  if (!found) return false;
  if (found.type !== c.S_IFDIR)
    throw new SyscallError("statx", EEXIST, "it is no directory; remove it yourself");
  sys.rmdir(directory, name);
  return true;
}

/** Removes a placeholder from the hub; false where nothing is. What is not ours stays. */
export function removePlaceholder({ sys }: Host, { directory, name }: Place): boolean {
  const found = unlessMissing(() => sys.statx(directory, name));
  if (!found) return false;
  const isEmptyFile = found.type === c.S_IFREG && found.isEmpty;
  if (found.type === c.S_IFDIR) sys.rmdir(directory, name);
  else if (found.type === c.S_IFSOCK || isEmptyFile) sys.unlink(directory, name);
  else throw new SyscallError("statx", EEXIST, "it is no placeholder of ours; remove it yourself");
  return true;
}

/** Makes a directory with just this mode, whatever the umask; false where one is. */
export function makeDirectory({ sys }: Host, { directory, name }: Place, mode: number): boolean {
  try {
    sys.mkdir(directory, name, mode);
  } catch (error) {
    if (!(error instanceof SyscallError && error.errno === EEXIST)) throw error;
    if (sys.statx(directory, name).type === c.S_IFDIR) return false;
    throw new SyscallError("mkdirat", EEXIST, "something that is no directory has this name");
  }
  try {
    sys.chmod(directory, name, mode);
  } catch (error) {
    sys.rmdir(directory, name);
    throw error;
  }
  return true;
}
