import { unlessAborted } from "./unless-aborted.ts";

/** Lets what is done to one container wait for what is being done to it already. */
export class TurnsById {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does something once all is done that was asked for this id before, whatever came of that; a signal ends the wait. */
  take<T>(id: string, signal: AbortSignal | undefined, act: () => Promise<T>): Promise<T> {
    const before = this.#last.get(id) ?? Promise.resolve();
    const done = unlessAborted(before, signal).then(act);
    const forget = () => this.#forget(id, settled);
    const settled: Promise<void> = before.then(() => done).then(forget, forget);
    this.#last.set(id, settled);
    return done;
  }

  /** Settles once all is done that was asked for until now. */
  async allDone(): Promise<void> {
    await Promise.all(this.#last.values());
  }

  #forget(id: string, settled: Promise<unknown>): void {
    if (this.#last.get(id) === settled) this.#last.delete(id);
  }
}
