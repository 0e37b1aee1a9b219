import { isWithin, joinPath, pathBelow } from "../path.ts";
import { copyTree } from "./copy-tree.ts";
import type { Groups } from "./groups.ts";
import type { Namespace } from "./namespace.ts";
import type { SimulatedMount } from "./simulated-mount.ts";

// How mounts propagate: Documentation/filesystems/sharedsubtree.rst of Linux, and its fs/pnode.c.

/** Where a path of a mount is on another mount of its filesystem; undefined where that one does not show it. */
export function placeOn(mount: SimulatedMount, from: SimulatedMount, path: string): string | undefined {
  const inside = from.inFilesystem(path);
  if (!isWithin(inside, mount.root)) return undefined;
  return joinPath(mount.target, pathBelow(inside, mount.root));
}

/** The mounts that get what is attached to a mount: its peers, who follows them, and so on. */
export function* followersOf(mount: SimulatedMount, groups: Groups): Generator<SimulatedMount> {
  const seen = new Set<number>();
  const waiting = [mount.peerGroup];
  for (let group = waiting.pop(); group; group = waiting.pop()) {
    if (seen.has(group)) continue;
    seen.add(group);
    for (const peer of groups.membersOf(group)) if (peer !== mount) yield peer;
    for (const slave of groups.slavesOf(group)) {
      if (slave.peerGroup === 0) yield slave;
      else waiting.push(slave.peerGroup);
    }
  }
}

/** Attaches a tree that was detached, and copies of it wherever the parent's mounts propagate to. */
export function attach(
  namespace: Namespace,
  tree: SimulatedMount,
  parent: SimulatedMount,
  target: string,
): void {
  namespace.attach(tree, parent, target);
  if (parent.peerGroup === 0) return;
  makeShared(namespace.groups, tree);
  new Spreading(namespace, tree, parent, target).run();
}

// What is attached to a shared mount is shared itself, on all levels.
function makeShared(groups: Groups, tree: SimulatedMount): void {
  for (const mount of tree.tree()) {
    if (mount.peerGroup === 0) groups.join(mount, groups.next());
  }
}

type Kind = "peer" | "slave" | "shared-slave";

/** A tree on its way to all mounts that follow the one that it was attached to. */
class Spreading {
  readonly #namespace: Namespace;
  readonly #parent: SimulatedMount;
  readonly #target: string;
  readonly #tree: SimulatedMount;
  readonly #seen = new Set<number>();
  /** The tree's own mounts and its copies, to which nothing propagates yet. */
  readonly #new: Set<SimulatedMount>;
  readonly #copies: { copy: SimulatedMount; on: SimulatedMount; place: string }[] = [];

  constructor(namespace: Namespace, tree: SimulatedMount, parent: SimulatedMount, target: string) {
    this.#namespace = namespace;
    this.#tree = tree;
    this.#parent = parent;
    this.#target = target;
    this.#new = new Set(tree.tree());
  }

  run(): void {
    this.#spread(this.#parent.peerGroup, this.#tree);
    for (const { copy, on, place } of this.#copies) {
      // A copy goes beneath what is there already.
      const covering = on.childAt(place);
      this.#namespace.attach(copy, on, place);
      if (covering) covering.attachTo(copy, place);
    }
  }

  // Peers get peers of the tree, and who follows them gets slaves of it.
  #spread(group: number, source: SimulatedMount): void {
    this.#seen.add(group);
    const { groups } = this.#namespace;
    for (const peer of groups.membersOf(group)) {
      if (peer !== this.#parent) this.#copyTo(peer, source, "peer");
    }
    this.#spreadToSlaves(group, source);
  }

  #spreadToSlaves(group: number, source: SimulatedMount): void {
    const { groups } = this.#namespace;
    for (const slave of groups.slavesOf(group)) {
      if (this.#new.has(slave)) continue;
      if (slave.peerGroup === 0) this.#copyTo(slave, source, "slave");
      else if (!this.#seen.has(slave.peerGroup)) this.#spreadToSharedSlaves(slave.peerGroup, source);
    }
  }

  #spreadToSharedSlaves(group: number, source: SimulatedMount): void {
    this.#seen.add(group);
    let first: SimulatedMount | undefined;
    for (const peer of this.#namespace.groups.membersOf(group)) {
      if (first) this.#copyTo(peer, first, "peer");
      else first = this.#copyTo(peer, source, "shared-slave");
    }
    this.#spreadToSlaves(group, first ?? source);
  }

  #copyTo(on: SimulatedMount, source: SimulatedMount, kind: Kind): SimulatedMount | undefined {
    const place = this.#new.has(on) ? undefined : placeOn(on, this.#parent, this.#target);
    if (place === undefined) return undefined;
    const copy = this.#copy(source, kind);
    this.#copies.push({ copy, on, place });
    return copy;
  }

  #copy(source: SimulatedMount, kind: Kind): SimulatedMount {
    const { groups } = this.#namespace;
    return copyTree(source, {
      copy: (mount) => {
        const copy = this.#namespace.detached(mount);
        groups.join(copy, kind === "peer" ? mount.peerGroup : kind === "slave" ? 0 : groups.next());
        groups.follow(copy, kind === "peer" ? mount.master : mount.peerGroup);
        this.#new.add(copy);
        return copy;
      },
    });
  }
}
