import type { MountTable } from "../mount-entry.ts";
import { isWithin, pathsTo } from "../path.ts";
import { soundMounts } from "../sound-mounts.ts";
import { Groups } from "./groups.ts";
import { type Shown, SimulatedMount } from "./simulated-mount.ts";

/** The mounts of a namespace while plans are simulated. */
export class Namespace {
  readonly groups: Groups = new Groups();
  readonly #mounts = new Map<number, SimulatedMount>();
  /** Those that are attached to no mount of the table. */
  readonly #outermost: SimulatedMount[] = [];
  #lastId = 0;
  #lastDevice = 0;

  /** What no kernel can have: it stays as it is. */
  readonly #unsound: MountTable;

  constructor(table: MountTable) {
    const mounts = soundMounts(table);
    const sound = new Set(mounts);
    this.#unsound = mounts === table ? [] : table.filter((mount) => !sound.has(mount));
    for (const { id, parent } of table) this.#lastId = Math.max(this.#lastId, id, parent);
    for (const entry of mounts) {
      const mount = new SimulatedMount(entry.id, entry, entry.parent);
      mount.target = entry.target;
      mount.isUnbindable = entry.isUnbindable;
      this.groups.join(mount, entry.peerGroup);
      this.groups.follow(mount, entry.master);
      this.#mounts.set(entry.id, mount);
      // Of an earlier prediction.
      if (entry.device.startsWith("+")) this.#lastDevice = Math.max(this.#lastDevice, Number(entry.device));
    }
    for (const { id, parent, target } of mounts) {
      const mount = this.#mounts.get(id) as SimulatedMount;
      const above = parent === id ? undefined : this.#mounts.get(parent);
      if (above) mount.attachTo(above, target);
      else this.#outermost.push(mount);
    }
  }

  /** The table as it is now. */
  get table(): MountTable {
    return [...Array.from(this.#mounts.values(), ({ entry }) => entry), ...this.#unsound];
  }

  /** The mount that a path, of which no part is a link, leads to; undefined where the table does not have it. */
  find(path: string): SimulatedMount | undefined {
    let found: SimulatedMount | undefined;
    for (const mount of this.#outermost) {
      const isNearer = found === undefined || mount.target.length > found.target.length;
      if (isNearer && isWithin(path, mount.target)) found = mount;
    }
    for (const above of found ? pathsTo(path) : []) {
      let on = found?.childAt(above);
      for (; on; on = on.childAt(above)) found = on;
    }
    return found;
  }

  /** What is mounted right at a path; undefined where nothing is. */
  findAt(path: string): SimulatedMount | undefined {
    const mount = this.find(path);
    return mount?.target === path && mount.parent ? mount : undefined;
  }

  /** A mount that is attached nowhere yet. */
  detached(shown: Shown): SimulatedMount {
    this.#lastId += 1;
    return new SimulatedMount(this.#lastId, shown);
  }

  /** A name for the device of a filesystem that is yet to be mounted. */
  nextDevice(): string {
    this.#lastDevice += 1;
    return `+${this.#lastDevice}`;
  }

  /** Attaches a mount, with all below it. */
  attach(tree: SimulatedMount, parent: SimulatedMount, target: string): void {
    tree.attachTo(parent, target);
    for (const mount of tree.tree()) this.#mounts.set(mount.id, mount);
  }

  /** Ends mounts: they are in the table no more. */
  end(mounts: ReadonlySet<SimulatedMount>): void {
    for (const mount of mounts) {
      this.#mounts.delete(mount.id);
      this.groups.makePrivate(mount);
      mount.detach();
    }
  }
}
