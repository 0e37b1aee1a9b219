import type { MountEntry, MountTable } from "./mount-entry.ts";
import { ByMountId } from "./mount-ids.ts";
import { isWithin, joinPath, pathBelow, pathsTo } from "./path.ts";
import { soundById } from "./sound-mounts.ts";

const none: readonly MountEntry[] = [];
// So many are compared faster than they are looked up.
const FEW = 4;

/** A table by its ids, and by what is attached to what. */
export class MountTree {
  readonly #byId: ByMountId<MountEntry>;
  readonly #children: ByMountId<MountEntry[]>;
  /** Of mounts with many children, these by their places. */
  readonly #byTarget = new Map<number, Map<string, MountEntry>>();
  readonly #outermost: MountEntry[] = [];

  /** Those of its mounts that a kernel can have. */
  readonly mounts: MountTable;

  constructor(table: MountTable) {
    const { mounts, byId } = soundById(table);
    this.mounts = mounts;
    this.#byId = byId;
    this.#children = new ByMountId(mounts);
    for (const mount of mounts) {
      if (mount.parent === mount.id || !byId.get(mount.parent)) this.#outermost.push(mount);
      else this.#addChild(mount);
    }
  }

  #addChild(mount: MountEntry): void {
    const others = this.#children.get(mount.parent);
    if (others) others.push(mount);
    else this.#children.set(mount.parent, [mount]);
  }

  withId(id: number): MountEntry | undefined {
    return this.#byId.get(id);
  }

  parentOf({ id, parent }: MountEntry): MountEntry | undefined {
    return parent === id ? undefined : this.#byId.get(parent);
  }

  childrenOf({ id }: MountEntry): readonly MountEntry[] {
    return this.#children.get(id) ?? none;
  }

  /** What is attached to a mount at a path; undefined where nothing is. */
  childAt({ id }: MountEntry, path: string): MountEntry | undefined {
    const children = this.#children.get(id);
    if (!children) return undefined;
    if (children.length <= FEW) return children.findLast(({ target }) => target === path);
    let known = this.#byTarget.get(id);
    if (!known) {
      known = new Map(children.map((child) => [child.target, child]));
      this.#byTarget.set(id, known);
    }
    return known.get(path);
  }

  /** What is mounted over a whole mount; undefined where nothing is. */
  coverOf({ id, target }: MountEntry): MountEntry | undefined {
    return this.#children.get(id)?.findLast((child) => child.target === target);
  }

  /** The mount that a path, of which no part is a link, leads to; undefined where the table does not have it. */
  find(path: string): MountEntry | undefined {
    let found: MountEntry | undefined;
    for (const mount of this.#outermost) {
      const isNearer = found === undefined || mount.target.length > found.target.length;
      if (isNearer && isWithin(path, mount.target)) found = mount;
    }
    for (const above of found ? pathsTo(path) : []) found = found && this.#topAt(found, above);
    return found;
  }

  /** As `find`, where the mount of the path's directory is known: a path is walked in as many steps as it has names. */
  findFrom(directory: MountEntry | undefined, path: string): MountEntry | undefined {
    const outer = this.#outermost.find(({ target }) => target === path) ?? directory;
    return outer && this.#topAt(outer, path);
  }

  #topAt(mount: MountEntry, path: string): MountEntry {
    let top = mount;
    for (let on = this.childAt(top, path); on; on = this.childAt(on, path)) top = on;
    return top;
  }

  /** What is mounted right at a path, on top; undefined where nothing is. */
  findAt(path: string): MountEntry | undefined {
    const found = this.find(path);
    return found?.target === path ? found : undefined;
  }

  /** The mounts below one, each before those that are attached to it. */
  below(mount: MountEntry): readonly MountEntry[] {
    const children = this.#children.get(mount.id);
    if (!children) return none;
    const found = [...children];
    // The list grows while it is gone through.
    for (const one of found) found.push(...this.childrenOf(one));
    return found;
  }

  /** Whether a mount shows the very directory that it covers, as guards do. */
  coversItself(mount: MountEntry): boolean {
    const parent = this.parentOf(mount);
    return parent?.device === mount.device && inFilesystem(parent, mount.target) === mount.root;
  }
}

const trees = new WeakMap<MountTable, MountTree>();

/** The tree of a table; the same one each time, for a table does not change. */
export function treeOf(table: MountTable): MountTree {
  const known = trees.get(table) ?? new MountTree(table);
  trees.set(table, known);
  return known;
}

/** A path on a mount as a path in its filesystem. */
export function inFilesystem(mount: MountEntry, path: string): string {
  return joinPath(mount.root, pathBelow(path, mount.target));
}
