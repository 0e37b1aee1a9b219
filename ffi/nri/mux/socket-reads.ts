import { Buffer } from "node:buffer";
import type { OnReadOpts } from "node:net";

// As much as Node reads at once.
const PIECE_BYTES = 64 * 1024;

/** Takes what was read; gives whether it is kept. */
export type TakeRead = (bytes: Uint8Array) => boolean;

/**
 * Reads a socket into the same memory again and again. By itself a socket makes new memory for each piece, and some megabytes of that wait to
 * be collected beside each other.
 */
export class SocketReads {
  #memory = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #take: TakeRead = () => true;
  /** What the socket has to be opened with. */
  readonly onread: OnReadOpts = {
    buffer: () => this.#memory,
    callback: (length, bytes) => {
      if (this.#take(bytes.subarray(0, length))) this.#memory = Buffer.allocUnsafeSlow(PIECE_BYTES);
      return true;
    },
  };

  /** Has pieces taken by somebody from now on, which is before the first one comes. */
  takenBy(take: TakeRead): void {
    this.#take = take;
  }
}
