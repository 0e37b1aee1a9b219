import type { Duplex } from "node:stream";

const ROOM_BYTES = 64 * 1024;

/**
 * What a program prints, of all that comes out of a port: what stands between its two marks. Who does not read makes the
 * program wait.
 */
export class MarkedOutput {
  readonly stream: ReadableStream<Uint8Array>;
  /** When the first mark came. */
  readonly begun: Promise<void>;
  /** When the last one came, or nobody waits for it any more. */
  readonly ended: Promise<void>;
  /** When something came last, by the clock of performance.now(). */
  lastMs: number = performance.now();
  readonly #port: Duplex;
  readonly #beginning: Buffer;
  readonly #ending: Buffer;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #begin: () => void = () => {};
  #end: () => void = () => {};
  #state: "waiting" | "open" | "unwanted" | "over" = "waiting";
  #kept: Buffer = Buffer.alloc(0);

  constructor(port: Duplex, mark: string) {
    this.#port = port;
    this.#beginning = Buffer.from(`${mark}<`);
    this.#ending = Buffer.from(`${mark}>`);
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.stream = this.#makeStream();
    port.on("data", this.#take).resume();
  }

  /** Whether the program waits for whoever reads. */
  get isBlocked(): boolean {
    return this.#state === "open" && (this.#controller.desiredSize ?? 0) <= 0;
  }

  /** Ends the stream, without its mark or with an error. What still comes is lost. */
  stop(error?: Error): void {
    if (this.#state === "over") return;
    const isOpen = this.#state !== "unwanted";
    this.#state = "over";
    this.#port.off("data", this.#take).resume(); // what others leave there is thrown away
    if (isOpen) error ? this.#controller.error(error) : this.#controller.close();
    this.#end();
  }

  #makeStream(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => void this.#port.resume(),
        cancel: () => {
          if (this.#state !== "over") this.#state = "unwanted";
          this.#port.resume();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: ROOM_BYTES }),
    );
  }

  readonly #take = (chunk: Buffer): void => {
    this.lastMs = performance.now();
    const bytes = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk]);
    const rest = this.#state === "waiting" ? this.#afterBeginning(bytes) : bytes;
    if (rest === undefined) return;
    const at = rest.indexOf(this.#ending);
    const kept = at === -1 ? beginningWithin(rest, this.#ending) : 0;
    this.#push(rest.subarray(0, at === -1 ? rest.length - kept : at));
    this.#keep(rest, kept);
    if (at !== -1) this.stop();
  };

  #afterBeginning(bytes: Buffer): Buffer | undefined {
    const at = bytes.indexOf(this.#beginning);
    if (at === -1) {
      this.#keep(bytes, Math.min(bytes.length, this.#beginning.length - 1));
      return undefined;
    }
    this.#state = "open";
    this.#begin();
    return bytes.subarray(at + this.#beginning.length);
  }

  #keep(bytes: Buffer, count: number): void {
    this.#kept = Buffer.from(bytes.subarray(bytes.length - count));
  }

  #push(bytes: Buffer): void {
    if (bytes.length === 0 || this.#state !== "open") return;
    this.#controller.enqueue(new Uint8Array(bytes));
    if (this.isBlocked) this.#port.pause();
  }
}

/** How many of the last bytes are the first ones of a mark. */
function beginningWithin(bytes: Buffer, mark: Buffer): number {
  for (let count = Math.min(bytes.length, mark.length - 1); count > 0; count--)
    if (bytes.subarray(bytes.length - count).equals(mark.subarray(0, count))) return count;
  return 0;
}
