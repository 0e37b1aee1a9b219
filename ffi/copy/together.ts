import { CopyError, type CopyItem } from "./copy-error.ts";

/** A copy that several containers wait for: it ends early when none of them wants it any more. */
export class CopyTogether {
  /** Fails as the copy does. */
  readonly done: Promise<void>;
  readonly #item: CopyItem;
  readonly #controller = new AbortController();
  #waiting = 0;

  constructor(item: CopyItem, copy: (signal: AbortSignal) => Promise<unknown>) {
    this.#item = item;
    this.done = copy(this.#controller.signal).then(() => {});
  }

  /**
   * Waits for it, until the signal is aborted.
   *
   * @throws {CopyError} as the copy does, or for the signal.
   */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    this.#waiting += 1;
    if (!signal) return this.done;
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        this.#waiting -= 1;
        if (this.#waiting === 0) this.#controller.abort(signal.reason);
        else reject(abortedCopy(this.#item, signal.reason));
      };
    });
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    try {
      await Promise.race([this.done, left]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }
}

function abortedCopy(item: CopyItem, cause: unknown): CopyError {
  const result = { entries: 0, bytes: 0, skipped: [], warnings: [] };
  return new CopyError(item, cause, { trouble: "aborted", result, unfinished: [] });
}
