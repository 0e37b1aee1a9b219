import { S_IFDIR, S_IFREG, S_IFSOCK } from "./constants.ts";
import { EEXIST } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Place } from "./names.ts";
import type { Statx } from "./structs.ts";
import { SyscallError, unlessMissing, unlessThere } from "./syscall-error.ts";

// The guest may look before a share is attached, and after it is detached: an empty file would pass for content, a socket that
// nobody listens on answers ENXIO.

/** Makes the placeholder for a source of this type; false where the name is taken. */
export function makePlaceholder({ sys }: Host, { directory, name }: Place, source: Statx): boolean {
  return unlessThere(() =>
    source.type === S_IFDIR ? sys.mkdir(directory, name, 0) : sys.makeSocket(directory, name),
  );
}

/** Whether a file is a placeholder for a source of this type. */
export function isPlaceholder(found: Statx, source: Statx): boolean {
  return found.type === (source.type === S_IFDIR ? S_IFDIR : S_IFSOCK);
}

/** Removes a placeholder, or an empty directory, from the hub; false where nothing is. Any other file is refused. */
export function removePlaceholder({ sys }: Host, { directory, name }: Place): boolean {
  const found = unlessMissing(() => sys.statx(directory, name));
  if (!found) return false;
  const isEmptyFile = found.type === S_IFREG && found.size === 0;
  if (found.type === S_IFDIR) sys.rmdir(directory, name);
  else if (found.type === S_IFSOCK || isEmptyFile) sys.unlink(directory, name);
  else throw new SyscallError("statx", EEXIST, "it is no placeholder of ours; remove it yourself");
  return true;
}
