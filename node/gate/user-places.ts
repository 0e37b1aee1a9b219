import { type FilePlace, type HostPlace, keyOfFile, keysAbove, keysOf } from "./host-place.ts";
import { MountsBelow } from "./mounts-below.ts";
import type { Meeting, Places } from "./place-index.ts";

/**
 * Some names in the directory of each user, such as /run/user/1000/docker.sock, whoever the users are. Nothing in these directories is
 * followed to find that out: a user could have a link lead nowhere, and with it the gate of the whole node.
 */
export class UserPlaces<Rule> implements Places<Rule> {
  readonly #rules: ReadonlyMap<string, Rule>;
  /** The keys of the directory that has those of the users. */
  readonly #parents: string[] = [];
  readonly #above = new Set<string>();
  readonly #below = new MountsBelow((mounts) => this.#amongMounts(mounts));
  /** The users' directories that are mounts: by their devices, the roots. */
  readonly #mounted = new Map<string, string[]>();

  /** By names, each with the rule that it stands for. */
  constructor(rules: ReadonlyMap<string, Rule>) {
    this.#rules = rules;
  }

  /** Adds the directory that has those of the users. */
  add(parent: HostPlace): void {
    for (const key of keysOf(parent)) {
      this.#parents.push(key);
      for (const above of keysAbove(key)) this.#above.add(above);
    }
    for (const { target = "", device, root } of parent.below)
      if (target.lastIndexOf("/") === parent.path.length)
        this.#mounted.set(device, [...(this.#mounted.get(device) ?? []), root]);
  }

  meeting(source: HostPlace, withBelow: boolean): Meeting<Rule> | undefined {
    for (const key of keysOf(source)) {
      const meeting = this.#at(key);
      if (meeting) return meeting;
    }
    return withBelow ? this.#below.in(source.below) : undefined;
  }

  #amongMounts(mounts: readonly FilePlace[]): Meeting<Rule> | undefined {
    for (const mount of mounts) {
      const meeting = this.#at(keyOfFile(mount));
      if (meeting) return { rule: meeting.rule, how: "has" };
    }
    return undefined;
  }

  #at(key: string): Meeting<Rule> | undefined {
    const [any] = this.#rules.values();
    if (any !== undefined && this.#above.has(key)) return { rule: any, how: "has" };
    const inside = this.#inUsersDirectory(key);
    if (inside === undefined) return undefined;
    if (inside === "") return any === undefined ? undefined : { rule: any, how: "has" };
    const end = inside.indexOf("/");
    const rule = this.#rules.get(end === -1 ? inside : inside.slice(0, end));
    return rule === undefined ? undefined : { rule, how: end === -1 ? "is" : "is below" };
  }

  /** What a key is in the directory of a user: empty for that itself. */
  #inUsersDirectory(key: string): string | undefined {
    for (const parent of this.#parents) {
      const name = below(key, parent);
      if (name === undefined || name === "") continue;
      const slash = name.indexOf("/");
      return slash === -1 ? "" : name.slice(slash + 1);
    }
    const start = key.indexOf("/");
    for (const root of this.#mounted.get(key.slice(0, start)) ?? []) {
      const found = below(key.slice(start), root);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** What follows a directory and its slash; empty for the directory, undefined for what is elsewhere. */
function below(key: string, directory: string): string | undefined {
  if (key === directory) return "";
  const start = directory.endsWith("/") ? directory : `${directory}/`;
  return key.startsWith(start) ? key.slice(start.length) : undefined;
}
