/** What was begun and is not waited for one by one. */
export class Tasks {
  #open = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};
  readonly #onDone = () => this.#end();
  readonly #onError = (error: unknown) => {
    this.fail(error);
    this.#end();
  };

  add(task: Promise<void>): void {
    this.#open += 1;
    task.then(this.#onDone, this.#onError);
  }

  /** Remembers why the whole fails, if nothing was before. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Waits until nothing is open. Throws the first error. */
  async settled(): Promise<void> {
    while (this.#open > 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure) throw this.#failure.error;
  }

  #end(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#wake();
  }
}
