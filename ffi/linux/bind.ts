import { changed, type Wanted, wantedOf } from "./attributes.ts";
import * as c from "./constants.ts";
import { EEXIST, EINVAL } from "./errno.ts";
import type { Host } from "./host.ts";
import { type IdMappings, idmapTree, linesOf } from "./idmap.ts";
import type { Place } from "./place.ts";
import { isPlaceholder, makePlaceholder, removePlaceholder } from "./placeholder.ts";
import type { Source } from "./source.ts";
import type { Statx } from "./structs.ts";
import { failAfter, SyscallError } from "./syscall-error.ts";
import type { WaitedSources } from "./waited-sources.ts";

/** What is bound, and how. */
export interface Bind extends IdMappings {
  readonly source: string;
  /** With all mounts below it. */
  readonly recursive: boolean;
  /** OCI's words for attributes. */
  readonly attributes: readonly string[];
}

/**
 * Attaches a clone of a source to a placeholder; false where this very share is there already. The clone is private over
 * its whole tree: otherwise its unmount would take the host's own mounts below the source with it.
 */
export function bindSource(host: Host, bind: Bind, place: Place, waited?: WaitedSources): boolean {
  const { sys, sources } = host;
  const wanted = wantedOf(bind.attributes);
  if (typeof wanted === "string")
    throw new SyscallError("mount_setattr", EINVAL, `no attribute is called ${JSON.stringify(wanted)}`);
  const source = sources.open(bind.source, waited);
  return sys.using(source.fd, () =>
    sys.using(cloneSource(host, bind, source, wanted), (tree) => {
      const made = makePlaceholder(host, place, source.file);
      if (!made && isShared(host, place, source, { bind, wanted })) return false;
      try {
        sys.attach(tree, place.directory, place.name);
      } catch (error) {
        if (made) failAfter(error, () => removePlaceholder(host, place));
        throw error;
      }
      return true;
    }),
  );
}

// Not attached before it has all its attributes: nobody sees it before.
function cloneSource({ sys }: Host, bind: Bind, source: Source, { top, below, idmapped }: Wanted): number {
  const { recursive } = bind;
  // Without a spread, which takes Node half a microsecond.
  const { attributes, cleared } = recursive ? below : top;
  const tree = sys.clone(source.fd, recursive, { attributes, cleared, propagation: c.MS_PRIVATE });
  try {
    const isAlike = top.attributes === below.attributes && top.cleared === below.cleared;
    if (recursive && !isAlike) sys.set(tree, false, top);
    if (idmapped !== "none") idmapTree(sys, tree, recursive && idmapped === "all", bind);
    return tree;
  } catch (error) {
    sys.close(tree);
    throw error;
  }
}

interface Asked {
  readonly bind: Bind;
  readonly wanted: Wanted;
}

// The name was there: by this same share (true), by a placeholder that a killed process left (false), or by another.
function isShared(host: Host, { directory, name }: Place, source: Source, asked: Asked): boolean {
  const found = host.sys.statx(directory, name);
  if (found.isMountRoot) {
    if (found.isSameFile(source.file) && isAsAsked(host, found, source.file, asked)) return true;
    throw new SyscallError("statx", EEXIST, "another share has this name");
  }
  if (isPlaceholder(found, source.file)) return false;
  throw new SyscallError("statx", EEXIST, "something that is no share has this name");
}

function isAsAsked(host: Host, share: Statx, source: Statx, { bind, wanted }: Asked): boolean {
  const own = host.table.of(source)?.attributes ?? 0;
  const now = host.table.of(share)?.attributes ?? 0;
  const isIdmapped = wanted.idmapped !== "none";
  if (now !== (changed(own, wanted.top) | (isIdmapped ? c.MOUNT_ATTR_IDMAP : 0))) return false;
  if (isIdmapped && !hasMappings(host, share, bind)) return false;
  return !bind.recursive || hasBelow(host, share, own, wanted);
}

// Without the kernel's word for it, it counts as another mapping.
function hasMappings({ table }: Host, share: Statx, { uidMappings, gidMappings }: IdMappings): boolean {
  const ids = table.idsOf(share);
  const isSame = (found: readonly string[], lines: readonly string[]) =>
    found.toSorted().join() === lines.toSorted().join();
  return (
    ids !== undefined && isSame(ids.uids, linesOf(uidMappings)) && isSame(ids.gids, linesOf(gidMappings))
  );
}

// A share like it on top may have mounts below that lack an attribute. The mount table, which is long, need not be read for
// "ro" alone: what was not read-only on top, and is now, was made so on all levels.
function hasBelow({ table }: Host, share: Statx, own: number, { below, idmapped }: Wanted): boolean {
  const idmap = idmapped === "all" ? c.MOUNT_ATTR_IDMAP : 0;
  const wasMade = c.MOUNT_ATTR_RDONLY & ~own;
  if ((below.attributes & ~wasMade) === 0 && below.cleared === 0 && idmap === 0) return true;
  const point = `${table.of(share)?.point}/`;
  return table
    .all()
    .filter((mount) => mount.point.startsWith(point))
    .every(({ attributes }) => (changed(attributes, below) | idmap) === attributes);
}
