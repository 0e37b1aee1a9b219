import { CopyError } from "./copy-error.ts";
import type { CopyItem } from "./copy-item.ts";

/** A copy that several containers wait for: it begins with the first, and ends early when none wants it any more. */
export class CopyTogether {
  readonly path: string;
  readonly guestPath: string;
  readonly #copy: (signal: AbortSignal) => Promise<unknown>;
  readonly #controller = new AbortController();
  #done: Promise<unknown> | undefined;
  #waiting = 0;

  constructor({ path, guestPath }: CopyItem, copy: (signal: AbortSignal) => Promise<unknown>) {
    this.path = path;
    this.guestPath = guestPath;
    this.#copy = copy;
  }

  /**
   * Waits for it, until the signal is aborted.
   *
   * @throws {CopyError} as the copy does, or for the signal.
   */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    this.#waiting += 1;
    this.#done ??= this.#copy(this.#controller.signal);
    if (!signal) return void (await this.#done);
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        this.#waiting -= 1;
        if (this.#waiting === 0) this.#controller.abort(signal.reason);
        else reject(abortedCopy(this, signal.reason));
      };
    });
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    try {
      await Promise.race([this.#done, left]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }
}

function abortedCopy(item: CopyItem, cause: unknown): CopyError {
  const result = { entries: 0, bytes: 0, skipped: [], warnings: [] };
  return new CopyError(item, cause, { trouble: "aborted", result, unfinished: [] });
}
