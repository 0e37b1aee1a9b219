/** Bytes on their way from one who writes to one who reads; the reader waits until there are some, or the end. */
export class ByteQueue {
  readonly #chunks: Uint8Array[] = [];
  readonly #waiting: (() => void)[] = [];
  #isOver = false;

  push(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#chunks.push(bytes);
    this.#wake();
  }

  /** No more come. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** The next bytes, at most so many; none at the end. */
  async read(most: number): Promise<Uint8Array> {
    for (;;) {
      const [first] = this.#chunks;
      if (first !== undefined) return this.#take(first, most);
      if (this.#isOver) return new Uint8Array();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #take(first: Uint8Array, most: number): Uint8Array {
    if (first.length <= most) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(most);
    return first.subarray(0, most);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
