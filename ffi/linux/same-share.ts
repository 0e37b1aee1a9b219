import { changed, type Wanted } from "./attributes.ts";
import type { Bind } from "./clone-source.ts";
import * as c from "./constants.ts";
import { EEXIST } from "./errno.ts";
import type { Host } from "./host.ts";
import { type IdMappings, linesOf } from "./idmap.ts";
import type { Place } from "./place.ts";
import { isPlaceholder } from "./placeholder.ts";
import type { Statx } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";

/** What was asked to be shared, and how. */
export interface Asked {
  readonly bind: Bind;
  readonly wanted: Wanted;
  /** What the source is. */
  readonly file: Statx;
}

/**
 * A name in the hub was there: by this same share (true), by a placeholder that a killed process left (false).
 *
 * @throws {SyscallError} where it is something else's. Mounts below are not looked at.
 */
export function isShared(host: Host, { directory, name }: Place, asked: Asked): boolean {
  const found = host.sys.statx(directory, name);
  if (found.isMountRoot) {
    if (found.isSameFile(asked.file) && isAsAsked(host, found, asked)) return true;
    throw isAnother();
  }
  if (isPlaceholder(found, asked.file)) return false;
  throw new SyscallError("statx", EEXIST, "something that is no share has this name");
}

/**
 * Looks at the mounts below a share that is as asked for on top.
 *
 * @throws {SyscallError} where they are not as asked for.
 */
export async function checkBelow(host: Host, place: Place, asked: Asked): Promise<void> {
  const share = host.sys.statx(place.directory, place.name);
  if (!(await hasBelow(host, share, asked))) throw isAnother();
}

function isAnother(): SyscallError {
  return new SyscallError("statx", EEXIST, "another share has this name");
}

function isAsAsked(host: Host, share: Statx, { file, wanted, bind }: Asked): boolean {
  const own = host.table.of(file)?.attributes ?? 0;
  const now = host.table.of(share)?.attributes ?? 0;
  const isIdmapped = wanted.idmapped !== "none";
  if (now !== (changed(own, wanted.top) | (isIdmapped ? c.MOUNT_ATTR_IDMAP : 0))) return false;
  return !isIdmapped || hasMappings(host, share, bind);
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

// A share like it on top may have mounts below that lack an attribute. They, who may be many, need not be looked at for
// "ro" alone: what was not read-only on top, and is now, was made so on all levels.
async function hasBelow(
  { table }: Host,
  share: Statx,
  { file, wanted: { below, idmapped } }: Asked,
): Promise<boolean> {
  const idmap = idmapped === "all" ? c.MOUNT_ATTR_IDMAP : 0;
  const wasMade = c.MOUNT_ATTR_RDONLY & ~(table.of(file)?.attributes ?? 0);
  if ((below.attributes & ~wasMade) === 0 && below.cleared === 0 && idmap === 0) return true;
  const [, ...mounts] = await table.tree(share);
  return mounts.every(({ attributes }) => (changed(attributes, below) | idmap) === attributes);
}
