import type { MountEntry, MountTable } from "./mount-entry.ts";

/**
 * The mounts of a table that a kernel can have: those that hang, over others, on one that is attached to no mount of the table. A text
 * may have mounts that hang below each other in a circle, and data may have an id twice: nothing that follows either would end.
 */
export function soundMounts(table: MountTable): MountTable {
  return isInOrder(table) ? table : onlySound(table);
}

// Whether each mount comes after the one that it is on, as kernels list nearly all: then none is in a circle.
function isInOrder(table: MountTable): boolean {
  const ids = new Set<number>();
  for (const { id } of table) ids.add(id);
  if (ids.size < table.length) return false;
  const seen = new Set<number>();
  for (const { id, parent } of table) {
    if (parent !== id && !seen.has(parent) && ids.has(parent)) return false;
    seen.add(id);
  }
  return true;
}

function onlySound(table: MountTable): MountTable {
  const ids = new Set<number>();
  const unique = table.filter(({ id }) => !ids.has(id) && ids.add(id));
  const children = new Map<number, MountEntry[]>();
  const sound = new Set<MountEntry>();
  for (const mount of unique) {
    if (mount.parent === mount.id || !ids.has(mount.parent)) sound.add(mount);
    else if (!children.get(mount.parent)?.push(mount)) children.set(mount.parent, [mount]);
  }
  // The set grows while it is gone through.
  for (const { id } of sound) for (const child of children.get(id) ?? []) sound.add(child);
  return sound.size === table.length ? table : unique.filter((mount) => sound.has(mount));
}
