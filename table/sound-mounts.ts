import type { MountEntry, MountTable } from "./mount-entry.ts";

/**
 * The mounts of a table that a kernel can have: those that hang, over others, on one that is attached to no mount of the table. A text
 * may have mounts that hang below each other in a circle, and data may have an id twice: nothing that follows either would end.
 */
export function soundMounts(table: MountTable): MountTable {
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
