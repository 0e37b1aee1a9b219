import type { Duplex } from "node:stream";
import { piecesOf } from "./pieces.ts";

/** Something that is sent whole. */
export interface Parcel {
  readonly bytes: number;
  /** It has to wait before it is packed. */
  keep(): void;
  wasSent(): void;
}

/** Makes a parcel's bytes, in parts, at the moment they are written. */
export type Pack<P> = (parcel: P, state: { hasWaited: boolean }) => readonly Uint8Array[];

// What may be with the stream before others wait. With less, a peer that is fast has to wait for each few small requests.
const MOST_HELD = 64 * 1024;

/**
 * Writes parcels to a stream as fast as the other side reads them. The stream holds 64 KiB and what one parcel has above
 * that; the others wait here, not packed yet.
 */
export class Outbox<P extends Parcel> {
  readonly #stream: Duplex;
  readonly #pack: Pack<P>;
  /** In the order in which they came. In a list it would take all others' time to take one out. */
  readonly #waiting = new Set<P>();
  #waitingBytes = 0;
  #isFull = false;
  /** What is packed in this turn of the loop, and whose it is: all of it goes to the kernel in one call. */
  #parts: Uint8Array[] = [];
  #packed: P[] = [];
  #packedBytes = 0;
  #onReady: (() => void)[] = [];

  constructor(stream: Duplex, pack: Pack<P>) {
    this.#stream = stream;
    this.#pack = pack;
    stream.on("drain", () => this.#drained());
  }

  /** How many bytes wait. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** What waits. */
  get waiting(): Iterable<P> {
    return this.#waiting;
  }

  /** Writes a parcel, now or when those before it are written. */
  send(parcel: P): void {
    if (this.#isFull) {
      parcel.keep();
      this.#waiting.add(parcel);
      this.#waitingBytes += parcel.bytes;
    } else this.#write(parcel, { hasWaited: false });
  }

  /** Takes a parcel back; false where it is written already. */
  withdraw(parcel: P): boolean {
    if (!this.#waiting.delete(parcel)) return false;
    this.#waitingBytes -= parcel.bytes;
    return true;
  }

  /** Takes back all that waits, for good: nobody has to wait for a stream that has ended. */
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
    for (const part of this.#pack(parcel, state)) {
      this.#parts.push(part);
      this.#packedBytes += part.length;
    }
    if (this.#stream.writableLength + this.#packedBytes >= MOST_HELD) this.#flush();
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
    this.#isFull = !isEager && this.#stream.writableLength >= MOST_HELD;
  }
}
