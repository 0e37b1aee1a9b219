import { Duplex } from "node:stream";
import { MuxPacker } from "./mux-packer.ts";

/** What a connection needs of the socket below it. */
export interface MuxTrunk {
  /** Writes payloads for a connection. */
  write(connection: number, payloads: Iterable<Uint8Array>, done: (error?: Error | null) => void): void;
  /** Is called when a connection that was full is read from again. */
  drained(connection: number): void;
  /** Is called when a connection is closed. */
  closed(connection: number): void;
}

/** One connection of several on a socket, as a stream of bytes. */
export class MuxConnection extends Duplex {
  readonly #number: number;
  readonly #trunk: MuxTrunk;
  readonly #packer = new MuxPacker();
  readonly #takesViews: boolean;

  /** By its number, on a socket. Whoever takes views needs no piece any longer than he is told of it. */
  constructor(number: number, trunk: MuxTrunk, takesViews: boolean) {
    super();
    this.#number = number;
    this.#trunk = trunk;
    this.#takesViews = takesViews;
  }

  /** Hands a piece on, whose memory is written over afterwards if it is not kept: gives whether there is room for more, and whether it is. */
  hand(piece: Uint8Array, isWrittenOver: boolean): { readonly isReady: boolean; readonly isKept: boolean } {
    const isReady = this.push(isWrittenOver && !this.#takesViews ? new Uint8Array(piece) : piece);
    return { isReady, isKept: this.#takesViews && this.readableLength > 0 };
  }

  override _read(): void {
    this.#trunk.drained(this.#number);
  }

  override _write(bytes: Uint8Array, _: string, done: (error?: Error | null) => void): void {
    this.#trunk.write(this.#number, this.#packer.pack(bytes), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#trunk.closed(this.#number);
    done(error);
  }
}
