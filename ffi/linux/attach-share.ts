import { applyChange, type ShareAttributes } from "./attributes.ts";
import * as c from "./constants.ts";
import { EEXIST } from "./errno.ts";
import type { Host } from "./host.ts";
import { type IdMappings, idmapTree, linesOf } from "./idmap.ts";
import type { Place } from "./names.ts";
import type { RemovedMount } from "./omit-submounts.ts";
import { isPlaceholder, makePlaceholder, removePlaceholder } from "./placeholder.ts";
import type { Statx } from "./structs.ts";
import { failAfter, SyscallError } from "./syscall-error.ts";

/** What is bound, and how. */
export interface Bind extends IdMappings {
  readonly source: string;
  /** With all submounts. */
  readonly recursive: boolean;
  /** OCI's words for attributes. */
  readonly attributes: readonly string[];
}

/**
 * A detached clone of what is at a descriptor, with all its attributes before anybody sees it. The clone is private over its
 * whole tree: otherwise its unmount would unmount the host's own submounts of the source.
 */
export function cloneSource({ sys }: Host, bind: Bind, source: number, attributes: ShareAttributes): number {
  const { top, submounts, idmapped } = attributes;
  const { recursive } = bind;
  const change = recursive ? submounts : top;
  // Without a spread, which takes Node half a microsecond.
  const settings = { attributes: change.attributes, cleared: change.cleared, propagation: c.MS_PRIVATE };
  const tree = sys.clone(source, recursive, settings);
  try {
    const isAlike = top.attributes === submounts.attributes && top.cleared === submounts.cleared;
    if (recursive && !isAlike) sys.set(tree, false, top);
    if (idmapped !== "none") idmapTree(sys, tree, recursive && idmapped === "all", bind);
    return tree;
  } catch (error) {
    sys.close(tree);
    throw error;
  }
}

/** A share that a step wants to be there. */
export interface WantedShare {
  readonly bind: Bind;
  readonly attributes: ShareAttributes;
  /** The source's file. */
  readonly file: Statx;
}

/** Attaches a tree to a placeholder; false where the wanted share is there already. Its submounts are not looked at. */
export function attachShare(host: Host, place: Place, tree: number, wanted: WantedShare): boolean {
  const made = makePlaceholder(host, place, wanted.file);
  if (!made && isShared(host, place, wanted)) return false;
  try {
    host.sys.attach(tree, place.directory, place.name);
  } catch (error) {
    if (made) failAfter(error, () => removePlaceholder(host, place));
    throw error;
  }
  return true;
}

// Whether the wanted share has the name; otherwise a placeholder that a killed process left has it. All else is refused.
function isShared(host: Host, { directory, name }: Place, wanted: WantedShare): boolean {
  const found = host.sys.statx(directory, name);
  if (found.isMountRoot) {
    if (found.isSameFile(wanted.file) && isAsWanted(host, found, wanted)) return true;
    throw isAnother();
  }
  if (isPlaceholder(found, wanted.file)) return false;
  throw new SyscallError("statx", EEXIST, "something that is no share has this name");
}

/**
 * Compares the submounts of a share, whose top mount is as wanted.
 *
 * @throws {SyscallError} where a submount has other attributes.
 */
export async function checkSubmounts(host: Host, place: Place, wanted: WantedShare): Promise<void> {
  const share = host.sys.statx(place.directory, place.name);
  if (!(await hasWantedSubmounts(host, share, wanted))) throw isAnother();
}

function isAnother(): SyscallError {
  return new SyscallError("statx", EEXIST, "another share has this name");
}

function isAsWanted(host: Host, share: Statx, { file, attributes, bind }: WantedShare): boolean {
  const sourceBits = host.table.of(file)?.attributes ?? 0;
  const shareBits = host.table.of(share)?.attributes ?? 0;
  const isIdmapped = attributes.idmapped !== "none";
  const idmap = isIdmapped ? c.MOUNT_ATTR_IDMAP : 0;
  if (shareBits !== (applyChange(sourceBits, attributes.top) | idmap)) return false;
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

// A submount may lack an attribute though the top mount has it. For "ro" alone the submounts, which may be many, need no look:
// a top mount that is read-only though its source's is not was made read-only recursively.
async function hasWantedSubmounts(
  { table }: Host,
  share: Statx,
  { file, attributes: { submounts, idmapped } }: WantedShare,
): Promise<boolean> {
  const idmap = idmapped === "all" ? c.MOUNT_ATTR_IDMAP : 0;
  const madeReadOnly = c.MOUNT_ATTR_RDONLY & ~(table.of(file)?.attributes ?? 0);
  if ((submounts.attributes & ~madeReadOnly) === 0 && submounts.cleared === 0 && idmap === 0) return true;
  const [, ...mounts] = await table.tree(share);
  return mounts.every(({ attributes }) => (applyChange(attributes, submounts) | idmap) === attributes);
}

// A plan's bytes are the core's, and only the execution of a step finds out what is removed: so it is kept beside the step.
const omissions = new WeakMap<object, readonly RemovedMount[]>();
const none: readonly RemovedMount[] = [];

/** Notes which mounts below a source were left out of the share that a step made. */
export function noteOmissions(step: object, removed: readonly RemovedMount[]): void {
  if (removed.length > 0) omissions.set(step, removed);
}

/** Which mounts were left out of the share that a step made; none where the step made no share. */
export function omissionsOf(step: object): readonly RemovedMount[] {
  return omissions.get(step) ?? none;
}
