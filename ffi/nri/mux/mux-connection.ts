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

  /** By its number, on a socket. */
  constructor(number: number, trunk: MuxTrunk) {
    super();
    this.#number = number;
    this.#trunk = trunk;
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
