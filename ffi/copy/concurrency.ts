/** A limited amount of something. Whoever finds too little of it waits in a queue. */
export class Budget {
  #free: number;
  #onSpare: () => void = () => {};
  readonly #waiting: { readonly amount: number; readonly resolve: () => void }[] = [];

  constructor(amount: number) {
    this.#free = amount;
  }

  /** Waits until this amount is free, and takes it. */
  take(amount: number): Promise<void> {
    if (this.tryTake(amount)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ amount, resolve }));
  }

  /** Takes this amount if it is free and nobody waits; else false. */
  tryTake(amount: number): boolean {
    if (this.#waiting.length > 0 || this.#free < amount) return false;
    this.#free -= amount;
    return true;
  }

  give(amount: number): void {
    this.#free += amount;
    for (let first = this.#waiting[0]; first && first.amount <= this.#free; first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= first.amount;
      first.resolve();
    }
    if (this.hasSpare) this.#onSpare();
  }

  /** Waits until some of it is spare, and takes nothing. Only one caller at a time may wait like this. */
  spare(): Promise<void> {
    if (this.hasSpare) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onSpare = resolve;
    });
  }

  /** Whether some of it is free and nobody waits. */
  get hasSpare(): boolean {
    return this.#free > 0 && this.#waiting.length === 0;
  }
}

/** Tasks that run side by side and are awaited together. */
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

  /** Makes `finished` throw this error, unless there was another one before. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Waits until no task runs. Throws the first error. */
  async finished(): Promise<void> {
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
