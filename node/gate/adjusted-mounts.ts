import type { Field, OwningPlugins } from "../../ffi/nri/mod.ts";
import type { GateMount } from "./mount-words.ts";
import type { Bearer } from "./unseen.ts";

/** A mount that a container will have, and where it comes from. */
export interface AdjustedMount extends GateMount {
  /** Its JSON path in what the runtime asks, such as `container.mounts[3]` or `adjust.mounts[0]`. */
  readonly path: string;
  /** The plugin that has set it, by index and name; undefined for the container's own, and if the runtime does not say. */
  readonly plugin: string | undefined;
}

/** A container and the adjustments of all plugins. */
export interface AdjustedContainer {
  /** The container, as it came. */
  readonly container: Bearer & { readonly id: string; readonly mounts: readonly GateMount[] };
  /** What all plugins want to change. */
  readonly adjust?: (Bearer & { readonly mounts: readonly GateMount[] }) | undefined;
  /** Which plugin wants what. */
  readonly owners?: Pick<OwningPlugins, "owners"> | undefined;
}

// The runtime's number of what is adjusted. The enumeration itself would bring all messages along.
const MOUNTS = 2 satisfies (typeof Field)["Mounts"];

/**
 * The mounts that a container will have, in the order in which a runtime makes them.
 *
 * As NRI's generator does it: an adjustment replaces, or with "-" before its destination removes, the first mount whose destination is
 * spelled alike, and goes to the end. Adjusted mounts are sorted by the depth of their destinations, and by these.
 */
export function adjustedMounts({ container, adjust, owners }: AdjustedContainer): AdjustedMount[] {
  const asked = container.mounts.map((mount, i) => placed(mount, `container.mounts[${i}]`, undefined));
  if (!adjust || adjust.mounts.length === 0) return asked;
  const ownerOf = ownersOfMounts(owners, container.id);
  const byDestination = new Queues(asked);
  for (const [i, mount] of adjust.mounts.entries()) {
    const isRemoval = mount.destination.startsWith("-");
    byDestination.removeFirst(isRemoval ? mount.destination.slice(1) : mount.destination);
    if (!isRemoval) byDestination.add(placed(mount, `adjust.mounts[${i}]`, own(ownerOf, mount.destination)));
  }
  return sorted(byDestination.all());
}

function ownersOfMounts(owners: AdjustedContainer["owners"], id: string): Record<string, string> | undefined {
  return own(own(owners?.owners, id)?.compound, MOUNTS)?.owners;
}

// Keys are of others: "__proto__" may be one.
function own<T>(
  record: Readonly<Record<string | number, T>> | undefined,
  key: string | number,
): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

function placed(mount: GateMount, path: string, plugin: string | undefined): AdjustedMount {
  const { destination, type, source, options } = mount;
  return { destination, type, source, options, path, plugin };
}

/** Mounts in their order, of which the first with a destination is found at once. */
class Queues {
  readonly #mounts = new Set<AdjustedMount>();
  readonly #queues = new Map<string, Set<AdjustedMount>>();

  constructor(mounts: readonly AdjustedMount[]) {
    for (const mount of mounts) this.add(mount);
  }

  add(mount: AdjustedMount): void {
    this.#mounts.add(mount);
    const queue = this.#queues.get(mount.destination);
    if (queue) queue.add(mount);
    else this.#queues.set(mount.destination, new Set([mount]));
  }

  removeFirst(destination: string): void {
    const queue = this.#queues.get(destination);
    for (const first of queue ?? []) {
      queue?.delete(first);
      this.#mounts.delete(first);
      return;
    }
  }

  all(): AdjustedMount[] {
    return [...this.#mounts];
  }
}

function sorted(mounts: readonly AdjustedMount[]): AdjustedMount[] {
  const keyed = mounts.map((mount) => ({ mount, depth: depthOf(mount.destination) }));
  keyed.sort((a, b) => a.depth - b.depth || compare(a.mount.destination, b.mount.destination));
  return keyed.map(({ mount }) => mount);
}

/** How many slashes a destination has, cleaned as Go's filepath.Clean does it. */
function depthOf(destination: string): number {
  const isAbsolute = destination.startsWith("/");
  const names: string[] = [];
  for (const name of destination.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.length > 0 && names.at(-1) !== "..") names.pop();
    else if (!isAbsolute) names.push(name);
  }
  return isAbsolute ? Math.max(1, names.length) : Math.max(0, names.length - 1);
}

// By code points, as Go compares the bytes of UTF-8: characters of two code units come last.
function compare(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i += 1) {
    const [x, y] = [a.codePointAt(i) as number, b.codePointAt(i) as number];
    if (x !== y) return x - y;
  }
  return a.length - b.length;
}
