import type { MountAttribute } from "../attributes.ts";
import type { MountEntry } from "../mount-entry.ts";
import { joinPath, pathBelow } from "../path.ts";

/** What a mount shows, wherever it is attached. */
export type Shown = Pick<MountEntry, "device" | "root" | "filesystem" | "source" | "attributes">;

/** A mount whose place and propagation change while plans are simulated. */
export class SimulatedMount {
  readonly id: number;
  readonly device: string;
  readonly root: string;
  readonly filesystem: string;
  readonly source: string;
  attributes: readonly MountAttribute[];
  /** Where it is; meaningless while it is detached. */
  target = "";
  peerGroup = 0;
  master = 0;
  isUnbindable = false;
  readonly children: Set<SimulatedMount> = new Set();
  readonly #byTarget = new Map<string, SimulatedMount>();
  /** The id of what it is attached to where that is no mount of the table. */
  readonly #outside: number;
  #parent: SimulatedMount | undefined;

  constructor(id: number, shown: Shown, outside = 0) {
    this.id = id;
    this.device = shown.device;
    this.root = shown.root;
    this.filesystem = shown.filesystem;
    this.source = shown.source;
    this.attributes = shown.attributes;
    this.#outside = outside;
  }

  /** What it is attached to; undefined while it is detached, and for the outermost. */
  get parent(): SimulatedMount | undefined {
    return this.#parent;
  }

  /** Attaches it, with all that hangs below it, to another mount. */
  attachTo(parent: SimulatedMount, target: string): void {
    this.detach();
    if (target !== this.target) this.#moveTree(target);
    this.#parent = parent;
    parent.children.add(this);
    parent.#byTarget.set(target, this);
  }

  #moveTree(target: string): void {
    const from = this.target;
    for (const mount of this.tree()) {
      const moved = joinPath(target, pathBelow(mount.target, from));
      const parent = mount.#parent;
      if (parent) parent.#byTarget.delete(mount.target);
      mount.target = moved;
      if (parent) parent.#byTarget.set(moved, mount);
    }
  }

  /** Takes it off what it is attached to. */
  detach(): void {
    const parent = this.#parent;
    if (!parent) return;
    parent.children.delete(this);
    if (parent.#byTarget.get(this.target) === this) parent.#byTarget.delete(this.target);
    this.#parent = undefined;
  }

  /** What is attached to it at a path; undefined where nothing is. */
  childAt(path: string): SimulatedMount | undefined {
    return this.#byTarget.get(path);
  }

  /** A path on this mount as a path in its filesystem. */
  inFilesystem(path: string): string {
    return joinPath(this.root, pathBelow(path, this.target));
  }

  /** The mount and all below it, each before those that are attached to it. */
  *tree(): Generator<SimulatedMount> {
    const waiting: SimulatedMount[] = [this];
    for (let mount = waiting.pop(); mount; mount = waiting.pop()) {
      yield mount;
      waiting.push(...mount.children);
    }
  }

  /** The mount as a table has it. */
  get entry(): MountEntry {
    const { id, device, root, target, filesystem, source, attributes } = this;
    const { peerGroup, master, isUnbindable } = this;
    const parent = this.#parent?.id ?? this.#outside;
    return {
      ...{ id, parent, device, root, target, filesystem, source, attributes },
      ...{ peerGroup, master, isUnbindable },
    };
  }
}
