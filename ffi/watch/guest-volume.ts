import type { Look } from "./look.ts";

interface Name {
  /** Where a link leads; "" for what is no link. */
  readonly target: string;
  readonly isThere: boolean;
}

/** A directory of a volume's, as a guest has it. */
export interface GuestDirectory {
  /** Whose copy it is. */
  readonly identity: string;
  /** What it is called in the guest. */
  readonly name: string;
}

/** What a guest has of a volume, as far as is known: it is learned from what the agent answered. */
export class GuestVolume {
  readonly #names = new Map<string, Name>();
  /** Links that were sent without an answer, and where they lead. */
  readonly #doubtful = new Map<string, string>();
  /** What was begun to be sent under a name, whether it is whole or not. */
  readonly #begun = new Map<string, string>();
  /** Whose its directory is, and who may do what with it; undefined where there is none. */
  owner: string | undefined;
  /** Which directory is there whole, and was the last one to come. */
  whole: GuestDirectory | undefined;
  /** Which directory `..data` leads to, as the last answer about that has it. */
  data: GuestDirectory | undefined;
  /** Whether `..data` leads there for certain. */
  isTurned: boolean = false;
  /** Whether the agent's policy refused the last turn. */
  isRefused: boolean = false;
  /** How the host's volume looked when the guest's became like it. */
  look: Look | undefined;

  /** A name was dealt with: it is there now, or cannot be. */
  settle(name: string, target: string, isThere: boolean): void {
    this.#names.set(name, { target, isThere });
    this.#doubtful.delete(name);
  }

  /** A link may be there. */
  doubt(name: string, target: string): void {
    this.#doubtful.set(name, target);
  }

  mayHave(name: string, target: string): boolean {
    return this.#doubtful.get(name) === target;
  }

  /** Whether a name has to be sent: the guest lacks it, or has it as something else. */
  needs(name: string, target: string): boolean {
    return this.#names.get(name)?.target !== target;
  }

  /** Which whole directory the guest has for one of the host's. */
  wholeOf(identity: string): GuestDirectory | undefined {
    return [this.whole, this.data].find((directory) => directory?.identity === identity);
  }

  /**
   * Where a directory of the host's is to be sent: to its own name, unless something else was sent there, for somebody
   * may read that, and the agent has no call to remove it.
   */
  begin(identity: string, wanted: string): GuestDirectory {
    let name = wanted;
    const isTaken = () =>
      name === this.data?.name || this.#names.has(name) || (this.#begun.get(name) ?? identity) !== identity;
    for (let number = 1; isTaken(); number += 1) name = `${wanted}.${number}`;
    this.#begun.set(name, identity);
    return { identity, name };
  }

  has(name: string): boolean {
    return this.#names.get(name)?.isThere ?? false;
  }

  /** Names that the guest still has, and the host no more. The agent has no call to remove them. */
  staleBut(names: readonly string[]): string[] {
    const there = new Set(names);
    return [...this.#names.keys()].filter((name) => this.has(name) && !there.has(name)).sort();
  }
}
