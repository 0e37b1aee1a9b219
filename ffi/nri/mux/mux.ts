import type { Duplex } from "node:stream";
import { NriError } from "../nri-error.ts";
import { MuxConnection, type MuxTrunk } from "./mux-connection.ts";
import { MUX_HEADER_BYTES, MuxReader } from "./mux-reader.ts";
import type { SocketReads } from "./socket-reads.ts";

const action = "read from the other end";

/**
 * Several connections on one socket, as NRI has them: on connection 1 the plugin answers calls, on connection 2 the runtime does. A
 * connection is opened here alone, and the other end opens the same number. Bytes for a number that is not open are dropped. If one
 * connection is not read from, nothing is read from the socket.
 *
 * @example
 * ```ts
 * import { PassThrough } from "node:stream";
 * import { NriMux } from "guestshare/nri";
 *
 * const mux = new NriMux(new PassThrough()); // what is written comes back
 * const connection = mux.open(1);
 * connection.write(new Uint8Array([0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 7])); // a frame of ttrpc
 * const [bytes] = await connection.take(1).toArray();
 * console.log(bytes.length); // 11
 * mux.close();
 * ```
 */
export class NriMux {
  readonly #socket: Duplex;
  readonly #reader = new MuxReader();
  readonly #isWrittenOver: boolean;
  readonly #connections = new Map<number, MuxConnection>();
  readonly #full = new Set<number>();
  #hasEnded = false;
  #resolveEnded: (error: NriError | undefined) => void = () => {};
  /** Settles when the socket ends: with the error, or undefined if the other end closed it between two frames. Never rejects. */
  readonly ended: Promise<NriError | undefined> = new Promise((resolve) => {
    this.#resolveEnded = resolve;
  });

  /** Takes over a connected socket, or another stream of bytes. `reads` is what the socket was opened with, if it reads into one memory. */
  constructor(socket: Duplex, reads?: SocketReads) {
    this.#socket = socket;
    this.#isWrittenOver = reads !== undefined;
    if (reads) {
      reads.takenBy((bytes) => this.#read(bytes));
      socket.resume();
    } else socket.on("data", (bytes: Uint8Array) => void this.#read(bytes));
    const gone = () => this.#end(this.#reader.isBetweenFrames ? undefined : torn());
    socket.on("end", gone).on("close", gone);
    socket.on("error", (error) => this.#end(broken(error)));
    if (socket.destroyed || socket.readableEnded) this.#end(undefined);
  }

  /**
   * Opens a connection. With `takesViews` what is read there is gone once all listeners had it: for whoever copies what he needs.
   *
   * @throws {TypeError} for a number that is open already, or cannot be one.
   */
  open(number: number, takesViews: boolean = false): Duplex {
    if (!Number.isInteger(number) || number < 1 || number > 0xffff_ffff)
      throw new TypeError(`a connection's number has to be from 1 to ${0xffff_ffff}, not ${number}`);
    if (this.#connections.has(number)) throw new TypeError(`connection ${number} is open already`);
    const connection = new MuxConnection(number, this.#trunk, takesViews);
    if (this.#hasEnded) connection.destroy();
    else this.#connections.set(number, connection);
    return connection;
  }

  /** Ends all connections, and the socket. */
  close(): void {
    this.#end(undefined);
  }

  readonly #trunk: MuxTrunk = {
    write: (number, payloads, done) => this.#write(number, payloads, done),
    drained: (number) => this.#drained(number),
    closed: (number) => {
      this.#connections.delete(number);
      this.#drained(number);
    },
  };

  #write(number: number, payloads: Iterable<Uint8Array>, done: (error?: Error | null) => void): void {
    const all = [...payloads];
    if (all.length === 0) done();
    this.#socket.cork();
    all.forEach((payload, i) => {
      const header = new DataView(new ArrayBuffer(MUX_HEADER_BYTES));
      header.setUint32(0, number);
      header.setUint32(4, payload.length);
      this.#socket.write(new Uint8Array(header.buffer));
      this.#socket.write(payload, i === all.length - 1 ? done : undefined);
    });
    this.#socket.uncork();
  }

  #drained(number: number): void {
    if (!this.#full.delete(number) || this.#full.size > 0) return;
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** Reads some bytes; gives whether they are kept. */
  #read(bytes: Uint8Array): boolean {
    let areKept = false;
    try {
      for (const piece of this.#reader.read(bytes)) {
        if (this.#hasEnded) return areKept;
        const handed = this.#connections.get(piece.connection)?.hand(piece.bytes, this.#isWrittenOver);
        if (handed?.isReady === false) this.#full.add(piece.connection);
        areKept ||= handed?.isKept === true;
      }
      if (this.#full.size > 0) this.#socket.pause();
    } catch (error) {
      if (!(error instanceof NriError)) throw error;
      this.#end(error);
    }
    return areKept;
  }

  #end(error: NriError | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#resolveEnded(error);
    this.#socket.destroy();
    for (const connection of this.#connections.values()) connection.destroy();
    this.#connections.clear();
  }
}

function torn(): NriError {
  const reason = "it closed the connection in the middle of a frame";
  return new NriError(action, { trouble: "closed", code: "UNAVAILABLE", reason });
}

function broken(error: Error): NriError {
  const code = "code" in error ? String(error.code) : "UNAVAILABLE";
  return new NriError(action, { trouble: "closed", code, reason: error.message, cause: error });
}
