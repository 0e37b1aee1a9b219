import { type Frame, type FrameHeader, frameTypes } from "./frame.ts";
import { GROWTH, type PayloadMemory } from "./payload-memory.ts";

// A buffer grows with the bytes that arrive: those that a header announces may never come.
const FIRST_ROOM = 4096;

/** A frame whose payload is coming. */
export class OpenFrame {
  /** How many bytes of it have come. */
  received = 0;
  readonly #header: FrameHeader;
  readonly #length: number;
  readonly #memory: PayloadMemory;
  readonly #copies: boolean;
  #payload: Uint8Array = new Uint8Array();

  /** With `copies` its payload is no view of a piece. */
  constructor(header: FrameHeader, length: number, copies: boolean, memory: PayloadMemory) {
    this.#header = header;
    this.#length = length;
    this.#copies = copies;
    this.#memory = memory;
  }

  /** Whether all of it has come. */
  get isWhole(): boolean {
    return this.received === this.#length;
  }

  /** What an error says of it. */
  get state(): { streamId: number; length: number; type: number; received: number } {
    const { streamId, type } = this.#header;
    return { streamId, length: this.#length, type: frameTypes[type], received: this.received };
  }

  /** The frame, once it is whole. */
  frame(): Frame {
    const isExact = this.#payload.length === this.#length;
    return { payload: isExact ? this.#payload : this.#payload.subarray(0, this.#length), ...this.#header };
  }

  /** Takes the bytes of a piece from an offset on that belong to this frame; gives their number. */
  take(piece: Uint8Array, from: number): number {
    const taken = piece.subarray(from, from + this.#length - this.received);
    if (taken.length === this.#length && !this.#copies) this.#payload = taken;
    else this.#append(taken);
    this.received += taken.length;
    return taken.length;
  }

  #append(taken: Uint8Array): void {
    const needed = this.received + taken.length;
    if (needed > this.#payload.length) {
      const grown = this.#memory.take(needed, Math.min(this.#length, Math.max(FIRST_ROOM, GROWTH * needed)));
      grown.set(this.#payload.subarray(0, this.received));
      this.#payload = grown;
    }
    this.#payload.set(taken, this.received);
  }
}
