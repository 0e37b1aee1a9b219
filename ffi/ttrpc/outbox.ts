import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";

/** A frame to be sent. */
export interface Parcel {
  /** How much memory it takes while it waits. */
  readonly bytes: number;
  /** Is called before it waits. */
  keep(): void;
  /** Its bytes in parts, at the moment they are written. */
  pack(state: { hasWaited: boolean }): readonly Uint8Array[];
  /** Is called when this process has passed its bytes on. */
  wasSent(): void;
}

// So many bytes the stream buffers before others wait. With less, a fast peer would wait for each few small requests.
const MOST_BUFFERED = 64 * 1024;

// A part of so many bytes is written as it is: a copy would cost more than another piece.
const LARGE = 16 * 1024;

/**
 * Writes parcels to a stream as fast as the peer reads them. The stream buffers 64 KiB, and what one parcel has above that; the
 * other parcels wait here, not packed yet.
 */
export class Outbox<P extends Parcel> {
  readonly #stream: Duplex;
  /** In their order. A list would make the removal of one take the time of all. */
  readonly #waiting = new Set<P>();
  #waitingBytes = 0;
  #isFull = false;
  /** The parts and parcels of this turn of the event loop, which go to the kernel in one call. */
  #parts: Uint8Array[] = [];
  #packed: P[] = [];
  #packedBytes = 0;
  #onReady: (() => void)[] = [];

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on("drain", () => this.#drained());
  }

  /** How many bytes wait. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** The parcels that wait. */
  get waiting(): Iterable<P> {
    return this.#waiting;
  }

  /** Whether the next parcel would wait. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Writes a parcel, now or after those that wait. */
  send(parcel: P): void {
    if (this.#isFull) {
      parcel.keep();
      this.#waiting.add(parcel);
      this.#waitingBytes += parcel.bytes;
    } else this.#write(parcel, { hasWaited: false });
  }

  /** Takes a parcel back; false if it is written already. */
  withdraw(parcel: P): boolean {
    if (!this.#waiting.delete(parcel)) return false;
    this.#waitingBytes -= parcel.bytes;
    return true;
  }

  /** Takes all waiting parcels back: the stream has ended, and nobody has to wait for it. */
  empty(): P[] {
    const parcels = [...this.#waiting];
    this.#waiting.clear();
    this.#waitingBytes = 0;
    this.#isFull = false;
    this.#tellReady();
    return parcels;
  }

  /** Waits until the next parcel would be written at once. */
  async ready(): Promise<void> {
    if (this.#isFull) await new Promise<void>((resolve) => this.#onReady.push(resolve));
  }

  /** Ends the stream behind all parcels. */
  async end(): Promise<void> {
    await this.ready();
    this.#flush();
    this.#stream.end();
  }

  #drained(): void {
    this.#isFull = false;
    for (const parcel of this.#waiting) {
      if (this.#isFull) break;
      this.withdraw(parcel);
      this.#write(parcel, { hasWaited: true });
    }
    if (!this.#isFull) this.#tellReady();
  }

  #tellReady(): void {
    for (const resolve of this.#onReady.splice(0)) resolve();
  }

  #write(parcel: P, state: { hasWaited: boolean }): void {
    if (this.#packed.length === 0) queueMicrotask(() => this.#flush());
    this.#packed.push(parcel);
    for (const part of parcel.pack(state)) {
      this.#parts.push(part);
      this.#packedBytes += part.length;
    }
    if (this.#stream.writableLength + this.#packedBytes >= MOST_BUFFERED) this.#flush();
  }

  #flush(): void {
    if (this.#packed.length === 0) return;
    const pieces = piecesOf(this.#parts);
    const parcels = this.#packed;
    this.#parts = [];
    this.#packed = [];
    this.#packedBytes = 0;
    const done = (error?: Error | null) => {
      if (!error) for (const parcel of parcels) parcel.wasSent();
    };
    let isEager = true;
    this.#stream.cork();
    pieces.forEach((piece, i) => {
      isEager = this.#stream.write(piece, i === pieces.length - 1 ? done : undefined);
    });
    this.#stream.uncork();
    this.#isFull = !isEager && this.#stream.writableLength >= MOST_BUFFERED;
  }
}

/** Parts as pieces to write: a large part as it is, small ones between large ones as one piece. */
function piecesOf(parts: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  for (const part of parts) {
    if (part.length < LARGE) {
      small.push(part);
      continue;
    }
    if (small.length > 0) pieces.push(Buffer.concat(small));
    pieces.push(part);
    small = [];
  }
  if (small.length > 0) pieces.push(Buffer.concat(small));
  return pieces;
}
