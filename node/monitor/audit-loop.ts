/** Has audits made one after the other: every so often, when one is due at once, and when somebody wants one. */
export class AuditLoop {
  readonly #audit: () => Promise<void>;
  readonly #everyMs: number;
  #turn: Promise<void> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();
  #isDue = false;
  #isClosed = false;
  #wake: () => void = () => {};

  /** Of this audit, every so often. */
  constructor(audit: () => Promise<void>, everyMs: number) {
    this.#audit = audit;
    this.#everyMs = everyMs;
  }

  /** Makes one after those that are asked for already; rejects as it does. */
  now(): Promise<void> {
    const audit = this.#turn.then(() => {
      this.#isDue = false;
      return this.#audit();
    });
    this.#turn = audit.catch(() => {});
    return audit;
  }

  /** Begins to make them, until it is closed. What fails is told by the audit. */
  begin(): void {
    this.#running = this.#run();
  }

  /** Has the next one made at once. */
  due(): void {
    this.#isDue = true;
    this.#wake();
  }

  /** Waits for the one that is being made, and makes no more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      if (!this.#isDue) await this.#pause();
      if (!this.#isClosed) await this.now().catch(() => {});
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#everyMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
