import type { MountTable } from "./mount-entry.ts";

// The kernel gives the ids of mountinfo out again, so that they are small and index a list, which takes a third of the time of a Map.
// Unique ids are large, and data that is no text of the kernel's may have any number.
const MOST_LISTED = 1 << 20;
const FEW = 1024;

/** Values of mounts by the ids of these. */
export class ByMountId<Value> {
  readonly #listed: (Value | undefined)[] | undefined;
  readonly #mapped = new Map<number, Value>();

  /** For the mounts of a table, and no others. */
  constructor(table: MountTable) {
    const highest = highestId(table);
    if (highest <= Math.min(MOST_LISTED, 16 * table.length + FEW)) this.#listed = new Array(highest + 1);
  }

  get(id: number): Value | undefined {
    return this.#listed ? this.#listed[id] : this.#mapped.get(id);
  }

  set(id: number, value: Value): void {
    if (this.#listed) this.#listed[id] = value;
    else this.#mapped.set(id, value);
  }
}

// Infinity where an id is no index.
function highestId(table: MountTable): number {
  let highest = 0;
  for (const { id } of table) {
    if (!Number.isInteger(id) || id < 0) return Number.POSITIVE_INFINITY;
    if (id > highest) highest = id;
  }
  return highest;
}
