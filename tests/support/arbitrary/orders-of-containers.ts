import type { Attribute, HeldShare, Mount, Step } from "../../../mod.ts";

// A hub as plans make it, without a kernel: mounts by their names, and who uses them.

/** What is mounted in the hub. */
export interface Mounted {
  readonly source: string;
  readonly recursive: boolean;
  readonly attributes: readonly Attribute[];
}

/** A hub in memory. What is done twice is done once, as the executor does it. */
export class Hub {
  readonly mounts: Map<string, Mounted> = new Map();
  readonly users: Map<string, { mode: number; containers: Set<string> }> = new Map();
  readonly directories: Set<string> = new Set();
  readonly #directory: string;
  readonly #identityOf: (source: string) => string;

  constructor(directory: string, identityOf: (source: string) => string) {
    this.#directory = directory;
    this.#identityOf = identityOf;
  }

  /** Does a step, and says whether anything changed. */
  obey(step: Step): boolean {
    switch (step.op) {
      case "mkdir":
        return changes(this.directories, step.path, true);
      case "bind":
        return this.#bind(step.target, step);
      case "umount":
        return this.mounts.delete(step.target);
      case "remove":
        if (this.mounts.has(step.path)) throw new Error(`Cannot remove "${step.path}": mounted`);
        return changes(this.directories, step.path, false);
      case "use":
        return this.#use(step.path, step.mode);
      case "unuse":
        return this.#unuse(step.path);
      default:
        throw new Error(`Cannot obey "${step.op}"`);
    }
  }

  #bind(target: string, { source, recursive, attributes }: Mounted): boolean {
    const before = this.mounts.get(target);
    if (before && before.source !== source) throw new Error(`Cannot bind on "${target}": in use`);
    this.mounts.set(target, { source, recursive, attributes });
    return !before;
  }

  #use(path: string, mode: number): boolean {
    const [name, container] = this.#userOf(path);
    const users = this.users.get(name) ?? { mode, containers: new Set() };
    this.users.set(name, users);
    return changes(users.containers, container, true);
  }

  #unuse(path: string): boolean {
    const [name, container] = this.#userOf(path);
    const users = this.users.get(name);
    const changed = users !== undefined && changes(users.containers, container, false);
    if (users?.containers.size === 0) this.users.delete(name);
    return changed;
  }

  #userOf(path: string): [name: string, container: string] {
    const [name = "", container = ""] = path.slice(`${this.#directory}/mounts/.users/`.length).split("/");
    return [name, container];
  }

  /** What the next plan gets to know. */
  held(): HeldShare[] {
    return [...this.users].map(([name, { mode, containers }]) => {
      const mounted = this.mounts.get(`${this.#directory}/mounts/${name}`);
      const users = [...containers];
      if (!mounted) return { name, attributes: [], mode, users };
      const identity = this.#identityOf(mounted.source);
      return { name, identity, attributes: ofTheMount(mounted.attributes), mode, users };
    });
  }

  /** All of it, as it is compared. */
  state(): string {
    const users = [...this.users].map(
      ([name, { containers }]) => `${name}: ${[...containers].sort().join()}`,
    );
    return JSON.stringify([[...this.mounts.keys()].sort(), users.sort(), [...this.directories].sort()]);
  }
}

function changes(set: Set<string>, item: string, isIn: boolean): boolean {
  const changed = set.has(item) !== isIn;
  if (isIn) set.add(item);
  else set.delete(item);
  return changed;
}

/** What a mount alone shows of a share's attributes: words of the mounts below do not show, nor does relatime. */
export function ofTheMount(attributes: readonly Attribute[]): Attribute[] {
  const words = attributes.map((word) => (/^r(?!o$|elatime$)/.test(word) ? word.slice(1) : word));
  return [...new Set(words)].filter((word) => word !== "relatime") as Attribute[];
}

/** The attributes that a mount asks for, by OCI's words. */
export function askedBy({ options = [], readOnly = false }: Mount): Attribute[] {
  const isRecursive = options.includes("rbind");
  const known = /^(?:r?no(?:suid|dev|exec|symfollow|atime|diratime)|ro)$/;
  const words = options.map((word) => (word === "rro" ? "ro" : word)).filter((word) => known.test(word));
  const all = readOnly ? [...words, "ro"] : words;
  return [...new Set(isRecursive ? all : ofTheMount(all as Attribute[]))].sort() as Attribute[];
}
