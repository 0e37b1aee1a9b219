import type { MountEntry, MountTable } from "./mount-entry.ts";

/**
 * The mounts of a table that a kernel can have: those that hang, over others, on one that is attached to no mount of the table. A text
 * may have mounts that hang below each other in a circle, and data may have an id twice: nothing that follows either would end.
 */
export function soundMounts(table: MountTable): MountTable {
  const mounts = soundById(table);
  return mounts.size === table.length ? table : [...mounts.values()];
}

/** The same by their ids, in the table's order. */
export function soundById(table: MountTable): ReadonlyMap<number, MountEntry> {
  return inOrder(table) ?? onlySound(table);
}

// Undefined unless each mount comes after the one that it is on, as kernels list nearly all: then none is in a circle.
function inOrder(table: MountTable): Map<number, MountEntry> | undefined {
  const mounts = new Map<number, MountEntry>();
  const notBefore: number[] = [];
  for (const mount of table) {
    const { id, parent } = mount;
    if (parent !== id && !mounts.has(parent)) notBefore.push(parent);
    mounts.set(id, mount);
  }
  const isInOrder = mounts.size === table.length && !notBefore.some((id) => mounts.has(id));
  return isInOrder ? mounts : undefined;
}

function onlySound(table: MountTable): Map<number, MountEntry> {
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
  return new Map(unique.filter((mount) => sound.has(mount)).map((mount) => [mount.id, mount]));
}
