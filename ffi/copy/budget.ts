/** So much of something, for which those who want some wait in a queue. */
export class Budget {
  #free: number;
  #onSpare: () => void = () => {};
  readonly #waiting: { readonly amount: number; readonly resolve: () => void }[] = [];

  constructor(amount: number) {
    this.#free = amount;
  }

  /** Waits until there is so much, and takes it. */
  take(amount: number): Promise<void> {
    if (this.tryTake(amount)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ amount, resolve }));
  }

  /** Takes so much if it is there, and nobody waits; false where not. */
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

  /** Waits until there is some that nobody waits for, and takes nothing. Only one may wait so at a time. */
  spare(): Promise<void> {
    if (this.hasSpare) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onSpare = resolve;
    });
  }

  /** Whether there is some that nobody waits for. */
  get hasSpare(): boolean {
    return this.#free > 0 && this.#waiting.length === 0;
  }
}
