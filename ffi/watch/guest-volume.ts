import type { Look } from "./look.ts";

interface Name {
  /** Where a link leads; "" for what is no link. */
  readonly target: string;
  readonly isThere: boolean;
}

/** What a guest has of a volume, as far as is known: it is learned from what the agent answered. */
export class GuestVolume {
  readonly #names = new Map<string, Name>();
  /** Whether its directory is there. */
  isThere: boolean = false;
  /** Which directory is there whole, and was the last one to come. */
  whole: string | undefined;
  /** Which directory `..data` leads to. */
  data: string | undefined;
  /** How the host's volume looked when the guest's became like it. */
  look: Look | undefined;

  /** A name was dealt with: it is there now, or cannot be. */
  settle(name: string, target: string, isThere: boolean): void {
    this.#names.set(name, { target, isThere });
  }

  /** Whether a name has to be sent: the guest lacks it, or has it as something else. */
  needs(name: string, target: string): boolean {
    return this.#names.get(name)?.target !== target;
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
