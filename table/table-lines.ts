import type { MountEntry, MountTable } from "./mount-entry.ts";
import { soundMounts } from "./sound-mounts.ts";

/**
 * A line for each mount, the same for tables that differ only in the kernel's numbers: ids of mounts, peer groups, and devices.
 * For comparing what was predicted with what is there. Mounts that no kernel can have, which hang below each other in a circle, have
 * none.
 *
 * @example
 * ```ts
 * import { readMountinfo, tableLines } from "guestshare/table";
 *
 * const { mounts } = readMountinfo("36 35 98:0 / /mnt ro,relatime shared:7 - ext4 /dev/sdb rw\n");
 * console.log(tableLines(mounts).join()); // 1 on 0: /mnt device 1 / ext4 /dev/sdb ro shared:1
 * ```
 */
export function tableLines(table: MountTable): string[] {
  const children = childrenOf(soundMounts(table));
  const ids = new Numbering<number>();
  const groups = new Numbering<number>();
  const devices = new Numbering<string>();
  const lines: string[] = [];
  const waiting = [...(children.get(undefined) ?? [])].reverse();
  for (let mount = waiting.pop(); mount; mount = waiting.pop()) {
    const { id, parent, target, device, root, filesystem, source, attributes } = mount;
    const place = `${ids.of(id)} on ${ids.known(parent === id ? undefined : parent)}: ${target}`;
    const what = `device ${devices.of(device)} ${root} ${filesystem} ${source}`;
    lines.push([place, what, ...attributes, ...propagationOf(mount, groups)].join(" "));
    waiting.push(...(children.get(id) ?? []).toReversed());
  }
  return lines;
}

// By the id of what they are attached to, in the order of their places; those of no mount of the table are "undefined"'s.
function childrenOf(table: MountTable): Map<number | undefined, MountEntry[]> {
  const ids = new Set(table.map(({ id }) => id));
  const children = new Map<number | undefined, MountEntry[]>();
  for (const mount of table) {
    const parent = ids.has(mount.parent) && mount.parent !== mount.id ? mount.parent : undefined;
    const others = children.get(parent);
    if (others) others.push(mount);
    else children.set(parent, [mount]);
  }
  for (const mounts of children.values()) mounts.sort(byTarget);
  return children;
}

function byTarget(one: MountEntry, other: MountEntry): number {
  return one.target < other.target ? -1 : one.target > other.target ? 1 : 0;
}

function propagationOf({ peerGroup, master, isUnbindable }: MountEntry, groups: Numbering<number>): string[] {
  return [
    ...(peerGroup === 0 ? [] : [`shared:${groups.of(peerGroup)}`]),
    ...(master === 0 ? [] : [`master:${groups.of(master)}`]),
    ...(isUnbindable ? ["unbindable"] : []),
  ];
}

/** Numbers things in the order in which they are met, from 1. */
class Numbering<Thing> {
  readonly #numbers = new Map<Thing, number>();

  of(thing: Thing): number {
    const number = this.#numbers.get(thing) ?? this.#numbers.size + 1;
    this.#numbers.set(thing, number);
    return number;
  }

  /** The number of a thing that was met; 0 for another one. */
  known(thing: Thing | undefined): number {
    return thing === undefined ? 0 : (this.#numbers.get(thing) ?? 0);
  }
}
