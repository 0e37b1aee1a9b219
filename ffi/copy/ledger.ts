import type { CopyProgress, CopyTotal } from "./options.ts";
import type { CopyNote, SkipReason, WarningReason } from "./skip-reasons.ts";
import { temporaryName } from "./temporary-name.ts";

/** What came of a copy. */
export interface CopyResult {
  /** How many files, directories and links the guest has now. */
  readonly entries: number;
  /** How many bytes its files have together. */
  readonly bytes: number;
  /** Entries that the guest does not have, or not whole. */
  readonly skipped: readonly CopyNote<SkipReason>[];
  /** Entries that the guest has, but not quite as they are on the host. */
  readonly warnings: readonly CopyNote<WarningReason>[];
}

/** A file that the guest may have in part, under its own name or its temporary one. */
export interface Unfinished {
  /** The path of the file in the guest. */
  readonly guestPath: string;
  /** The path of the file until it is whole. */
  readonly temporaryPath: string;
  /** How many of its bytes the agent has for certain. */
  readonly bytes: number;
}

/** Keeps account of a copy: what arrived, what did not, and what is not whole yet. */
export class Ledger {
  readonly skipped: CopyNote<SkipReason>[] = [];
  readonly warnings: CopyNote<WarningReason>[] = [];
  readonly #onProgress: (progress: CopyProgress) => void;
  readonly #unfinished = new Map<string, number>();
  readonly #oddNames = new Set<string>();
  /** How much there is to copy, if it was counted. */
  total: CopyTotal | undefined;
  #entries = 0;
  #bytes = 0;

  constructor(onProgress: (progress: CopyProgress) => void) {
    this.#onProgress = onProgress;
  }

  skip(path: string, reason: SkipReason): void {
    this.skipped.push({ path, reason });
  }

  warn(path: string, reason: WarningReason): void {
    this.warnings.push({ path, reason });
  }

  /** Notes a name that is not UTF-8, once. */
  sawOddName(path: string): void {
    if (!this.#oddNames.has(path)) this.skip(path, "odd-name");
    this.#oddNames.add(path);
  }

  /** The agent may have this many bytes of a file, which is not whole. */
  began(guestPath: string, bytes: number): void {
    this.#unfinished.set(guestPath, bytes);
  }

  /** The file is whole, or nothing of it is there. */
  ended(guestPath: string): void {
    this.#unfinished.delete(guestPath);
  }

  /** More bytes of a file arrived, or fewer if it begins anew. */
  moved(path: string, bytes: number): void {
    this.#bytes += bytes;
    this.#report(path);
  }

  /** An entry is whole, with its final bytes. */
  arrived(path: string, bytes = 0): void {
    this.#entries += 1;
    this.moved(path, bytes);
  }

  get result(): CopyResult {
    const { skipped, warnings } = this;
    return { entries: this.#entries, bytes: this.#bytes, skipped, warnings };
  }

  get unfinished(): Unfinished[] {
    return Array.from(this.#unfinished, ([guestPath, bytes]) => {
      const cut = guestPath.lastIndexOf("/") + 1;
      const temporaryPath = guestPath.slice(0, cut) + temporaryName(guestPath.slice(cut));
      return { guestPath, temporaryPath, bytes };
    });
  }

  #report(path: string): void {
    const progress = { entries: this.#entries, bytes: this.#bytes, path };
    this.#onProgress(this.total ? { ...progress, total: this.total } : progress);
  }
}
