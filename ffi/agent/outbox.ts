import type { Duplex } from "node:stream";

/** Something that is sent whole. */
export interface Parcel {
  readonly bytes: number;
  wasSent(): void;
}

/** Makes a parcel's bytes, in parts, at the moment they are written. */
export type Pack<P> = (parcel: P, state: { hasWaited: boolean }) => readonly Uint8Array[];

/**
 * Writes parcels to a stream as fast as the other side reads them. The stream holds what it wants to hold and one parcel
 * more; the others wait here, not packed yet.
 */
export class Outbox<P extends Parcel> {
  readonly #stream: Duplex;
  readonly #pack: Pack<P>;
  readonly #waiting = new Set<P>();
  #waitingBytes = 0;
  #isFull = false;
  #isCorked = false;
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

  /** Writes a parcel, now or when those before it are written. */
  send(parcel: P): void {
    if (this.#isFull) {
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

  /** Takes back all that waits, for good. */
  empty(): P[] {
    const parcels = [...this.#waiting];
    this.#waiting.clear();
    this.#waitingBytes = 0;
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
      if (this.#isFull) return;
      this.withdraw(parcel);
      this.#write(parcel, { hasWaited: true });
    }
    if (!this.#isFull) this.#tellReady();
  }

  #tellReady(): void {
    for (const resolve of this.#onReady.splice(0)) resolve();
  }

  #write(parcel: P, state: { hasWaited: boolean }): void {
    const parts = this.#pack(parcel, state);
    this.#cork();
    const done = (error?: Error | null) => {
      if (!error) parcel.wasSent();
    };
    parts.forEach((part, i) => {
      this.#isFull = !this.#stream.write(part, i === parts.length - 1 ? done : undefined);
    });
  }

  // All that is written in one turn of the loop goes to the kernel in one call.
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#stream.cork();
    queueMicrotask(() => {
      this.#isCorked = false;
      this.#stream.uncork();
    });
  }
}
