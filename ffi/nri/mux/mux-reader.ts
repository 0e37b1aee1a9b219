import { HEADER_BYTES, LONGEST_PAYLOAD } from "../../ttrpc/frame.ts";
import { NriError } from "../nri-error.ts";

/** The length of a frame's header: the connection's number and the length of the payload, each of four bytes, big-endian. */
export const MUX_HEADER_BYTES = 8;
/** The longest payload: a whole frame of ttrpc. */
export const LONGEST_MUX_PAYLOAD: number = HEADER_BYTES + LONGEST_PAYLOAD;

/** A piece of what came for a connection. */
export interface MuxPiece {
  readonly connection: number;
  readonly bytes: Uint8Array;
}

/** Finds out for which connection bytes are. It keeps no bytes but those of a header: payloads are handed on as they arrive. */
export class MuxReader {
  readonly #header = new Uint8Array(MUX_HEADER_BYTES);
  readonly #view = new DataView(this.#header.buffer);
  #headerBytes = 0;
  #connection = 0;
  #left = 0;

  /** Whether no frame is unfinished. */
  get isBetweenFrames(): boolean {
    return this.#headerBytes === 0 && this.#left === 0;
  }

  /**
   * The pieces in some bytes, as views of them.
   *
   * @throws {NriError} for a frame that is longer than any may be.
   */
  *read(bytes: Uint8Array): Generator<MuxPiece, void, undefined> {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left === 0) {
        at += this.#takeHeader(bytes, at);
        continue;
      }
      const piece = bytes.subarray(at, at + this.#left);
      at += piece.length;
      this.#left -= piece.length;
      yield { connection: this.#connection, bytes: piece };
    }
  }

  #takeHeader(bytes: Uint8Array, from: number): number {
    const taken = bytes.subarray(from, from + MUX_HEADER_BYTES - this.#headerBytes);
    this.#header.set(taken, this.#headerBytes);
    this.#headerBytes += taken.length;
    if (this.#headerBytes < MUX_HEADER_BYTES) return taken.length;
    this.#headerBytes = 0;
    this.#connection = this.#view.getUint32(0);
    this.#left = this.#view.getUint32(4);
    if (this.#left > LONGEST_MUX_PAYLOAD) throw tooLong(this.#connection, this.#left);
    return taken.length;
  }
}

function tooLong(connection: number, length: number): NriError {
  return new NriError(`read a frame of connection ${connection}`, {
    ...{ trouble: "protocol", code: "INTERNAL" },
    reason: `its payload has ${length} bytes, more than ${LONGEST_MUX_PAYLOAD}`,
  });
}
