// Memory that nothing was written to costs nothing yet; buffers that were outgrown do, until they are collected.
/** By how much a buffer grows at once. */
export const GROWTH = 8;

/** The memory that payloads are put together in: what was given back is used again, instead of new memory beside what is not collected yet. */
export class PayloadMemory {
  // What is no piece of anybody's.
  readonly #own = new WeakSet<ArrayBufferLike>();
  #spare: Uint8Array | undefined;

  /** Memory of a length between two, or some more: that which is spare, if it is enough, and not much too long. */
  take(least: number, most: number): Uint8Array {
    const spare = this.#spare;
    if (spare && spare.length >= least && spare.length <= GROWTH * most) {
      this.#spare = undefined;
      return spare;
    }
    const room = new Uint8Array(most);
    this.#own.add(room.buffer);
    return room;
  }

  /** Takes it back when nobody looks at it any more. What is not of here is left alone. */
  giveBack({ buffer }: Uint8Array): void {
    if (this.#own.has(buffer) && buffer.byteLength > (this.#spare?.length ?? 0))
      this.#spare = new Uint8Array(buffer);
  }
}
