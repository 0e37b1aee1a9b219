import {
  type Frame,
  type FrameType,
  frameTypes,
  HEADER_BYTES,
  LONGEST_PAYLOAD,
  TtrpcFrameError,
} from "./frame.ts";
import { OpenFrame } from "./open-frame.ts";
import { PayloadMemory } from "./payload-memory.ts";

const typeNames = new Map<number, FrameType>(
  Object.entries(frameTypes).map(([name, number]) => [number, name as FrameType]),
);

/**
 * Finds the frames in a stream of bytes, whatever pieces the bytes come in. It knows no sockets, and keeps at most one frame.
 *
 * @example
 * ```ts
 * import { encodeFrame, FrameReader } from "guestshare/ttrpc";
 *
 * const bytes = encodeFrame({ streamId: 1, type: "response", flags: 0, payload: new Uint8Array([1, 2, 3]) });
 * const reader = new FrameReader();
 * for (const piece of [bytes.subarray(0, 7), bytes.subarray(7)]) {
 *   for (const frame of reader.read(piece)) console.log(frame.type, frame.payload.length); // response 3
 * }
 * reader.end();
 * ```
 */
export class FrameReader {
  readonly #header = new Uint8Array(HEADER_BYTES);
  readonly #view = new DataView(this.#header.buffer);
  #headerBytes = 0;
  #open: OpenFrame | undefined;
  #error: TtrpcFrameError | undefined;
  readonly #memory = new PayloadMemory();
  readonly #copies: boolean;

  /** With `copies` no payload is a view of a piece: for pieces that are written over once they were read. */
  constructor({ copies = false }: { readonly copies?: boolean } = {}) {
    this.#copies = copies;
  }

  /** How many bytes of an unfinished frame are kept: at most a header and the longest payload. */
  get keptBytes(): number {
    return this.#headerBytes + (this.#open?.received ?? 0);
  }

  /**
   * The frames that end in this piece, to be iterated to the end before the next piece is read. A payload may be a view of
   * the piece.
   *
   * @throws {TtrpcFrameError} for the first wrong frame, as soon as its header is there, and from then on: no frame can be
   * found behind it.
   */
  *read(piece: Uint8Array): Generator<Frame, void, undefined> {
    if (this.#error) throw this.#error;
    for (let at = 0; ; ) {
      if (!this.#open) {
        at += this.#takeHeader(piece, at);
        if (this.#headerBytes < HEADER_BYTES) return;
        this.#open = this.#opened();
      }
      at += this.#open.take(piece, at);
      if (!this.#open.isWhole) return;
      const frame = this.#open.frame();
      this.#open = undefined;
      this.#headerBytes = 0;
      yield frame;
    }
  }

  /**
   * Takes back a payload that nobody looks at any more: the next long one is put together in its memory, instead of in new memory beside
   * what is not collected yet. A payload that is a view of a piece is left alone.
   */
  reuse(payload: Uint8Array): void {
    this.#memory.giveBack(payload);
  }

  /**
   * Ends the stream of bytes.
   *
   * @throws {TtrpcFrameError} in the middle of a frame, or behind one that was wrong.
   */
  end(): void {
    if (this.#error) throw this.#error;
    if (this.#headerBytes === 0) return;
    const state = this.#open?.state ?? { received: this.#headerBytes };
    throw this.#fail(new TtrpcFrameError("read", "torn", state));
  }

  #takeHeader(piece: Uint8Array, from: number): number {
    const length = Math.min(HEADER_BYTES - this.#headerBytes, piece.length - from);
    for (let i = 0; i < length; i += 1) this.#header[this.#headerBytes + i] = piece[from + i] as number;
    this.#headerBytes += length;
    return length;
  }

  #opened(): OpenFrame {
    const length = this.#view.getUint32(0);
    const streamId = this.#view.getUint32(4);
    const type = this.#view.getUint8(8);
    const name = typeNames.get(type);
    if (!name || length > LONGEST_PAYLOAD) {
      const trouble = length > LONGEST_PAYLOAD ? "too-long" : "unknown-type";
      throw this.#fail(new TtrpcFrameError("read", trouble, { length, streamId, type }));
    }
    const header = { streamId, type: name, flags: this.#view.getUint8(9) };
    return new OpenFrame(header, length, this.#copies, this.#memory);
  }

  #fail(error: TtrpcFrameError): TtrpcFrameError {
    this.#error = error;
    return error;
  }
}
