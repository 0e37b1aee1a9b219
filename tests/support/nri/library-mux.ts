import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

const HEADER = 8;
const BUFFER = 4096;
const TTRPC_HEADER = 10;

/**
 * The multiplexer as NRI's library in Go has it, with what it does not take: it reads through a buffer of 4,096 bytes, and ends the
 * connection if a payload does not fit into it. It shares no code with what is tested.
 */
export class LibraryMux {
  readonly #socket: Socket;
  readonly #streams = new Map<number, LibraryStream>();
  #unread: Buffer = Buffer.alloc(0);
  /** Why it has ended the connection, if it has. */
  complaint: string | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    socket.on("error", () => {});
    socket.on("close", () => {
      for (const stream of this.#streams.values()) stream.destroy();
    });
  }

  open(number: number): Duplex {
    const stream = new LibraryStream((payload) => this.#write(number, payload));
    this.#streams.set(number, stream);
    return stream;
  }

  close(): void {
    this.#socket.destroy();
  }

  #write(number: number, payload: Uint8Array): void {
    if (this.#socket.destroyed) return;
    const header = Buffer.alloc(HEADER);
    header.writeUInt32BE(number, 0);
    header.writeUInt32BE(payload.length, 4);
    this.#socket.write(header);
    this.#socket.write(payload);
  }

  #read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    while (this.#unread.length >= HEADER) {
      const length = this.#unread.readUInt32BE(4);
      if (this.#unread.length < HEADER + length) return;
      const stream = this.#streams.get(this.#unread.readUInt32BE(0));
      const payload = this.#unread.subarray(HEADER, HEADER + length);
      this.#unread = this.#unread.subarray(HEADER + length);
      if (stream && !stream.receive(payload)) {
        this.complaint = `a payload of ${length} bytes does not fit`;
        this.close();
        return;
      }
    }
  }
}

/** A connection, as the library reads it. */
export class LibraryStream extends Duplex {
  readonly #send: (payload: Uint8Array) => void;
  /** Of a frame of ttrpc: how much of its header was read, and how much of its payload is left. */
  #header = Buffer.alloc(0);
  #left = 0;

  constructor(send: (payload: Uint8Array) => void) {
    super();
    this.#send = send;
  }

  override _read(): void {}

  // A writer with a buffer of 4,096 bytes: the first piece fills it, and the rest goes by it.
  override _write(bytes: Buffer, _: string, done: () => void): void {
    this.#send(bytes.subarray(0, BUFFER));
    if (bytes.length > BUFFER) this.#send(bytes.subarray(BUFFER));
    done();
  }

  /** Takes a payload; false if it does not fit into what the library reads it with. */
  receive(payload: Buffer): boolean {
    const room = Math.max(this.#left, BUFFER);
    if (payload.length > room) return false;
    for (let at = 0; at < payload.length; ) {
      const ofPayload = Math.min(this.#left, payload.length - at);
      this.#left -= ofPayload;
      at += ofPayload > 0 ? ofPayload : this.#takeHeader(payload, at);
    }
    this.push(payload);
    return true;
  }

  #takeHeader(payload: Buffer, at: number): number {
    const taken = payload.subarray(at, at + TTRPC_HEADER - this.#header.length);
    this.#header = Buffer.concat([this.#header, taken]);
    if (this.#header.length === TTRPC_HEADER) {
      this.#left = this.#header.readUInt32BE(0);
      this.#header = Buffer.alloc(0);
    }
    return taken.length;
  }
}
