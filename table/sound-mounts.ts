import type { MountEntry, MountTable } from "./mount-entry.ts";
import { ByMountId } from "./mount-ids.ts";

/** Mounts that a kernel can have, and each of them by its id. */
interface Sound {
  readonly mounts: MountTable;
  readonly byId: ByMountId<MountEntry>;
}

/**
 * The mounts of a table that a kernel can have: those that hang, over others, on one that is attached to no mount of the table. A text
 * may have mounts that hang below each other in a circle, and data may have an id twice: nothing that follows either would end.
 */
export function soundMounts(table: MountTable): MountTable {
  return soundById(table).mounts;
}

/** The same in the table's order, and by their ids. */
export function soundById(table: MountTable): Sound {
  const byId = inOrder(table);
  if (byId) return { mounts: table, byId };
  const mounts = onlySound(table);
  return { mounts, byId: byIds(mounts) };
}

// Undefined unless each mount comes after the one that it is on, as kernels list nearly all: then none is in a circle.
function inOrder(table: MountTable): ByMountId<MountEntry> | undefined {
  const byId = new ByMountId<MountEntry>(table);
  const notBefore: number[] = [];
  for (const mount of table) {
    const { id, parent } = mount;
    if (byId.get(id)) return undefined;
    if (parent !== id && !byId.get(parent)) notBefore.push(parent);
    byId.set(id, mount);
  }
  return notBefore.some((id) => byId.get(id)) ? undefined : byId;
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
  return unique.filter((mount) => sound.has(mount));
}

function byIds(mounts: MountTable): ByMountId<MountEntry> {
  const byId = new ByMountId<MountEntry>(mounts);
  for (const mount of mounts) byId.set(mount.id, mount);
  return byId;
}
