import * as c from "./constants.ts";
import { EEXIST, EINVAL } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Place } from "./place.ts";
import { isPlaceholder, makePlaceholder, removePlaceholder } from "./placeholder.ts";
import type { Source } from "./source.ts";
import type { Statx } from "./structs.ts";
import { failAfter, SyscallError } from "./syscall-error.ts";

/** What is bound, and how. */
export interface Bind {
  readonly source: string;
  /** With all mounts below it. */
  readonly recursive: boolean;
  /** OCI's words for attributes. */
  readonly attributes: readonly string[];
}

// OCI's words, and the kernel's bits.
const attributeBits: Readonly<Record<string, number>> = {
  ro: c.MOUNT_ATTR_RDONLY,
};

// What two mounts of one source must have in common to be the same share.
const COMPARED = c.MOUNT_ATTR_RDONLY | c.MOUNT_ATTR_NOSUID | c.MOUNT_ATTR_NODEV | c.MOUNT_ATTR_NOEXEC;

/**
 * Attaches a clone of a source to a placeholder; false where this very share is there already. The clone is private over
 * its whole tree: otherwise its unmount would take the host's own mounts below the source with it.
 */
export function bindSource(host: Host, bind: Bind, place: Place): boolean {
  const { sys, sources } = host;
  const source = sources.open(bind.source);
  return sys.using(source.fd, () => {
    const attributes = bitsOf(bind.attributes);
    const settings = { attributes, propagation: c.MS_PRIVATE };
    return sys.using(sys.clone(source.fd, bind.recursive, settings), (tree) => {
      const made = makePlaceholder(host, place, source.file);
      if (!made && isShared(host, place, source, attributes)) return false;
      try {
        sys.attach(tree, place.directory, place.name);
      } catch (error) {
        if (made) failAfter(error, () => removePlaceholder(host, place));
        throw error;
      }
      return true;
    });
  });
}

function bitsOf(words: readonly string[]): number {
  let bits = 0;
  for (const word of words) {
    const bit = attributeBits[word];
    if (bit === undefined)
      throw new SyscallError("mount_setattr", EINVAL, `no attribute is called ${JSON.stringify(word)}`);
    bits |= bit;
  }
  return bits;
}

// The name was there: by this same share (true), by a placeholder that a killed process left (false), or by another.
function isShared(host: Host, { directory, name }: Place, source: Source, attributes: number): boolean {
  const found = host.sys.statx(directory, name);
  if (found.isMountRoot) {
    if (found.isSameFile(source.file) && hasAttributes(host, found, source.file, attributes)) return true;
    throw new SyscallError("statx", EEXIST, "another share has this name");
  }
  if (isPlaceholder(found, source.file)) return false;
  throw new SyscallError("statx", EEXIST, "something that is no share has this name");
}

function hasAttributes({ table }: Host, share: Statx, source: Statx, wanted: number): boolean {
  const own = table.of(source)?.attributes ?? 0;
  const now = table.of(share)?.attributes ?? 0;
  return ((own | wanted) & COMPARED) === (now & COMPARED);
}
