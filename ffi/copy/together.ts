import { type CopyItem, failedBefore } from "./copy-error.ts";

/** A copy that several containers wait for. The first one starts it; it is aborted when no container waits any more. */
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
   * Waits for the copy, until the signal is aborted.
   *
   * @throws {CopyError} if the copy fails, or the signal is aborted.
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
        else reject(failedBefore(this, signal.reason, "aborted"));
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
