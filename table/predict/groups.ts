import type { SimulatedMount } from "./simulated-mount.ts";

const none: ReadonlySet<SimulatedMount> = new Set();

/** The peer groups of a namespace: which mounts are in each, and which follow it. */
export class Groups {
  readonly #members = new Map<number, Set<SimulatedMount>>();
  readonly #slaves = new Map<number, Set<SimulatedMount>>();
  #last = 0;

  membersOf(group: number): ReadonlySet<SimulatedMount> {
    return this.#members.get(group) ?? none;
  }

  slavesOf(group: number): ReadonlySet<SimulatedMount> {
    return this.#slaves.get(group) ?? none;
  }

  /** The number of a group that there was not yet. */
  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Makes a mount a peer of a group's mounts; 0 is none. */
  join(mount: SimulatedMount, group: number): void {
    mount.peerGroup = group;
    this.#last = Math.max(this.#last, group);
    if (group !== 0) addTo(this.#members, group, mount);
  }

  /** Makes a mount follow a group; 0 is none. */
  follow(mount: SimulatedMount, master: number): void {
    this.#slaves.get(mount.master)?.delete(mount);
    mount.master = master;
    this.#last = Math.max(this.#last, master);
    if (master !== 0) addTo(this.#slaves, master, mount);
  }

  /** Makes a mount private: no peer of others, and a slave of none. */
  makePrivate(mount: SimulatedMount): void {
    const { peerGroup, master } = mount;
    this.#members.get(peerGroup)?.delete(mount);
    mount.peerGroup = 0;
    if (peerGroup !== 0 && this.membersOf(peerGroup).size === 0) this.#dissolve(peerGroup, master);
    this.follow(mount, 0);
  }

  // Who followed a group without members follows what its last member followed.
  #dissolve(group: number, master: number): void {
    for (const slave of [...this.slavesOf(group)]) this.follow(slave, master);
    this.#members.delete(group);
    this.#slaves.delete(group);
  }
}

function addTo(groups: Map<number, Set<SimulatedMount>>, group: number, mount: SimulatedMount): void {
  const mounts = groups.get(group);
  if (mounts) mounts.add(mount);
  else groups.set(group, new Set([mount]));
}
