import type { CopyNote, SkipReason, WarningReason } from "./notes.ts";
import type { CopyProgress, CopyTotal } from "./options.ts";
import { temporaryName } from "./temporary-name.ts";

/** What came of a copy. */
export interface CopyResult {
  /** How many files, directories and links the guest has now. */
  readonly entries: number;
  /** How many bytes its files have together. */
  readonly bytes: number;
  /** What it does not have, or not whole. */
  readonly skipped: readonly CopyNote<SkipReason>[];
  /** What it has, but not quite as it is on the host. */
  readonly warnings: readonly CopyNote<WarningReason>[];
}

/** Something that the guest may hold in part, under its own name or its temporary one. */
export interface Unfinished {
  readonly guestPath: string;
  /** What the agent calls a file before it is whole. */
  readonly temporaryPath: string;
  /** How much of it the agent has for certain. */
  readonly bytes: number;
}

/** The count of all that a copy did. */
export class Ledger {
  readonly skipped: CopyNote<SkipReason>[] = [];
  readonly warnings: CopyNote<WarningReason>[] = [];
  readonly #onProgress: (progress: CopyProgress) => void;
  readonly #unfinished = new Map<string, number>();
  /** What there is to copy, where it was counted. */
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

  /** The agent may have so much of something; it is not whole. */
  began(guestPath: string, bytes: number): void {
    this.#unfinished.set(guestPath, bytes);
  }

  /** Nothing of it is open any more. */
  ended(guestPath: string): void {
    this.#unfinished.delete(guestPath);
  }

  /** More of a file arrived, or less, where it begins anew. */
  moved(path: string, bytes: number): void {
    this.#bytes += bytes;
    this.#tell(path);
  }

  /** Something is whole, with the last bytes of it. */
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

  #tell(path: string): void {
    const progress = { entries: this.#entries, bytes: this.#bytes, path };
    this.#onProgress(this.total ? { ...progress, total: this.total } : progress);
  }
}
