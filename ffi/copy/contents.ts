import { Tasks } from "./concurrency.ts";
import { type Entry, pathIn } from "./entry.ts";
import type { Ledger } from "./ledger.ts";
import { isTemporary } from "./temporary-name.ts";

/** How far the entries of one directory are copied, from one listing of it to the next. */
export class Contents {
  readonly directory: Entry;
  /** Copies of its entries that run. */
  readonly tasks: Tasks = new Tasks();
  /** How many of its entries were sent. */
  count = 0;
  readonly #ledger: Ledger;
  readonly #arrived: Set<string> | undefined;
  /** What the agent has under temporary names: how long a file is, undefined for anything else. */
  readonly #temporaries = new Map<string, number | undefined>();
  /** Names that were not there as they had been found. */
  #again = new Set<string>();
  #handled: Set<string> | undefined;
  #names: readonly string[] = [];

  /** `arrived` gets the names that were sent, if a caller needs them. */
  constructor(directory: Entry, ledger: Ledger, arrived?: Set<string>) {
    this.directory = directory;
    this.#ledger = ledger;
    this.#arrived = arrived;
  }

  /** Whether no name has to be copied again. */
  get isComplete(): boolean {
    return this.#again.size === 0;
  }

  /** Takes a new listing, and gives those of its names that are to be copied. Names that vanished are noted. */
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

  /** Has a name copied again, because it was not there as it had been found. */
  copyAgain(name: string): void {
    this.#again.add(name);
  }

  isAgain(name: string): boolean {
    return this.#again.has(name);
  }

  /** The agent has an entry; `fileBytes` is how long it is if it is a file. */
  sent(name: string, fileBytes?: number): void {
    this.count += 1;
    this.#arrived?.add(name);
    if (isTemporary(name)) this.#temporaries.set(name, fileBytes);
  }

  /**
   * What the agent has under a temporary name since an earlier listing: how many bytes a file has, or "other" for anything that
   * no file can replace; undefined for nothing.
   */
  sentAs(temporary: string): number | "other" | undefined {
    return this.#temporaries.has(temporary) ? (this.#temporaries.get(temporary) ?? "other") : undefined;
  }

  /** The agent gave what it had under a temporary name another name. */
  movedAway(temporary: string): void {
    this.#temporaries.delete(temporary);
  }

  /** Notes what is not as it should be, when the directory is not listed again. */
  giveUp(isThere: (name: string) => boolean): void {
    for (const name of this.#again) this.#skip(name, isThere(name) ? "changing" : "vanished");
    this.#ledger.warn(this.directory.path, "changed");
  }

  #skip(name: string, reason: "vanished" | "changing"): void {
    this.#ledger.skip(pathIn(this.directory, name), reason);
  }
}
