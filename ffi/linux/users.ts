import { O_PATH } from "./constants.ts";
import { ENOTEMPTY } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Place } from "./names.ts";
import { failAfter, SyscallError, unlessMissing, unlessThere } from "./syscall-error.ts";

// The users of a share of several containers: an empty file for each container, in a directory with the share's name. The
// directory's mode says what cannot be read off the share's mount.

/** Makes the file of a user in the directory at a place, with the directory; false where the file was there. */
export function addUser({ sys }: Host, directory: Place, user: string, mode: number): boolean {
  const made = unlessThere(() => sys.mkdir(directory.directory, directory.name, mode));
  try {
    // What was made just now is no link.
    if (made) return unlessThere(() => sys.makeFile(directory.directory, `${directory.name}/${user}`));
    return sys.using(sys.openDirectory(directory.directory, directory.name, O_PATH), (fd) =>
      unlessThere(() => sys.makeFile(fd, user)),
    );
  } catch (error) {
    if (made) failAfter(error, () => sys.rmdir(directory.directory, directory.name));
    throw error;
  }
}

/** Removes the file of a user, and the directory where it was the last one; false where neither was there. */
export function removeUser({ sys }: Host, directory: Place, user: string): boolean {
  const fd = unlessMissing(() => sys.openDirectory(directory.directory, directory.name, O_PATH));
  if (fd === undefined) return false;
  sys.using(fd, () => unlessMissing(() => sys.unlink(fd, user)));
  try {
    sys.rmdir(directory.directory, directory.name);
  } catch (error) {
    // Another container uses the share.
    if (!(error instanceof SyscallError && error.errno === ENOTEMPTY)) throw error;
  }
  return true;
}
