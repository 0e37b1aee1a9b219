/** Lets what is done to one container wait for what is being done to it already. */
export class TurnsById {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does something once all is done that was asked for this id before, whatever came of that. */
  take<T>(id: string, act: () => Promise<T>): Promise<T> {
    const done = (this.#last.get(id) ?? Promise.resolve()).then(act);
    const settled: Promise<void> = done.then(
      () => this.#forget(id, settled),
      () => this.#forget(id, settled),
    );
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
