import type { Directory } from "./directories.ts";
import type { Ledger } from "./ledger.ts";
import { isTemporary } from "./temporary-name.ts";

/** How far a directory's contents are copied, from one listing of it to the next. */
export class Contents {
  /** How many of them the agent was sent. */
  count = 0;
  readonly #directory: Directory;
  readonly #ledger: Ledger;
  readonly #odd = new Set<string>();
  /** How long what the agent has under a name is that is a temporary name of others too; undefined for no file. */
  readonly #taken = new Map<string, number | undefined>();
  /** What has to be looked at again. */
  #again = new Set<string>();
  #handled: Set<string> | undefined;
  #names: readonly string[] = [];

  constructor(directory: Directory, ledger: Ledger) {
    this.#directory = directory;
    this.#ledger = ledger;
  }

  /** Whether nothing has to be looked at again. */
  get isComplete(): boolean {
    return this.#again.size === 0;
  }

  /** A new listing; those of its names that are to be copied. What was to be looked at again and is gone is noted. */
  begin(names: readonly string[]): readonly string[] {
    const missed = this.#again;
    if (this.#names.length > 0) this.#handled ??= new Set();
    for (const name of this.#names) if (!missed.has(name)) this.#handled?.add(name);
    this.#again = new Set();
    this.#names = this.#handled ? names.filter((name) => !this.#handled?.has(name)) : names;
    if (missed.size > 0) {
      const listed = new Set(this.#names);
      for (const name of missed) if (!listed.has(name)) this.#skip(name, "vanished");
    }
    return this.#names;
  }

  /** It was not there as it had been. */
  lookAgain(name: string): void {
    this.#again.add(name);
  }

  hasToLookAgain(name: string): boolean {
    return this.#again.has(name);
  }

  /** The agent has it. */
  sent(name: string, fileBytes?: number): void {
    this.count += 1;
    if (isTemporary(name)) this.#taken.set(name, fileBytes);
  }

  /**
   * What the agent has under this name from a round before: a file of a length, or "other", which no file can be written
   * over; undefined for nothing.
   */
  taken(name: string): number | "other" | undefined {
    return this.#taken.has(name) ? (this.#taken.get(name) ?? "other") : undefined;
  }

  /** The agent has it no more. */
  lost(name: string): void {
    this.#taken.delete(name);
  }

  /** There is a name that is not UTF-8. */
  sawOdd(text: string): void {
    if (!this.#odd.has(text)) this.#skip(text, "odd-name");
    this.#odd.add(text);
  }

  /** Notes what is not as it should be, after the last round. */
  giveUp(isThere: (name: string) => boolean): void {
    for (const name of this.#again) this.#skip(name, isThere(name) ? "changing" : "vanished");
    this.#ledger.warn(this.#directory.path, "changed");
  }

  #skip(name: string, reason: "odd-name" | "vanished" | "changing"): void {
    const { path } = this.#directory;
    this.#ledger.skip(`${path === "/" ? "" : path}/${name}`, reason);
  }
}
