import { AgentError } from "../agent-error.ts";

/** Reads at most so many bytes of what a process wrote; the signal ends the waiting. */
export type ReadOutput = (length: number, signal: AbortSignal) => Promise<Uint8Array>;

/** How much is read at once, how much waits for a reader, and what a chunk takes of that beside its bytes. */
const SLICE = 32 * 1024;
const AHEAD = 1024 * 1024;
const PER_CHUNK = 256;

/** What a process writes: a stream that is read ahead from its first use on, so that short output needs no reader. */
export class Output {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #read: ReadOutput;
  readonly #over = new AbortController();
  readonly #ended: Promise<void>;
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  #held = 0;
  #isBegun = false;
  #isCanceled = false;
  /** Why what does not fit is thrown away, unless the reader canceled. */
  #cut: Error | undefined;
  /** Why the stream fails once all was given that was read. */
  #failure: unknown;
  #wake: () => void = () => {};

  constructor(read: ReadOutput) {
    this.#read = read;
    this.#ended = new Promise((resolve) => {
      this.#over.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    this.stream = new ReadableStream(
      { pull: (controller) => this.#pull(controller), cancel: () => this.#cancel() },
      { highWaterMark: 0 },
    );
  }

  /** Reads to the end of the output, or until it cannot be read any more. Never rejects. */
  ended(): Promise<void> {
    this.#begin();
    return this.#ended;
  }

  /**
   * Waits until it was read. Without a reader, what does not fit is thrown away, and the stream fails with `cut` then. One that is not in
   * use stays so.
   */
  async leave(cut: Error): Promise<void> {
    if (!this.#isBegun) return;
    if (!this.stream.locked) this.#cut = cut;
    this.#tell();
    await this.#ended;
  }

  /** Reads no more, though there may be more; the stream fails with `cut`. */
  abandon(cut: Error): void {
    if (this.#isBegun) this.#finish(cut);
  }

  #cancel(): void {
    this.#isCanceled = true;
    this.#chunks.length = 0;
    this.#tell();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<void> {
    this.#begin();
    while (this.#chunks.length === 0 && !this.#isOver && !this.#isCanceled) await this.#change();
    if (this.#isCanceled) return;
    const chunk = this.#chunks.shift();
    if (chunk === undefined) {
      if (this.#failure !== undefined) throw this.#failure;
      return controller.close();
    }
    this.#held -= chunk.length + PER_CHUNK;
    this.#tell();
    controller.enqueue(chunk);
  }

  #begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    void this.#readAll().then(
      () => this.#finish(undefined),
      (error) => this.#finish(error),
    );
  }

  async #readAll(): Promise<void> {
    for (;;) {
      while (this.#held >= AHEAD && !this.#isForgotten && !this.#isOver) await this.#change();
      if (this.#isOver) return;
      const bytes = await this.#next();
      if (bytes.length === 0 || this.#isOver) return;
      this.#keep(bytes);
    }
  }

  // A copy: the bytes are a part of the message that they came in, which may be much larger.
  #keep(bytes: Uint8Array): void {
    if (this.#isCanceled) return;
    if (this.#cut && (this.#held >= AHEAD || this.#failure !== undefined)) {
      this.#failure = this.#cut;
      return;
    }
    this.#chunks.push(new Uint8Array(bytes));
    this.#held += bytes.length + PER_CHUNK;
    this.#tell();
  }

  async #next(): Promise<Uint8Array> {
    for (;;) {
      try {
        return await this.#read(SLICE, this.#over.signal);
      } catch (error) {
        if (!(error instanceof AgentError)) throw error;
        if (isEnd(error)) return new Uint8Array();
        // A process may be silent for longer than a call may take.
        if (error.trouble !== "deadline" || this.#isOver) throw error;
      }
    }
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  get #isForgotten(): boolean {
    return this.#isCanceled || this.#cut !== undefined;
  }

  #finish(failure: unknown): void {
    if (this.#isOver) return;
    this.#failure ??= failure;
    this.#over.abort();
    this.#tell();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const others = this.#wake;
      this.#wake = () => {
        others();
        resolve();
      };
    });
  }

  #tell(): void {
    const wake = this.#wake;
    this.#wake = () => {};
    wake();
  }
}

// A terminal's end is an error, and older agents tell any end as one.
function isEnd({ trouble, reason }: AgentError): boolean {
  return trouble === "status" && /Input\/output error|EIO|^"?(?:read meet )?eof\b/.test(reason);
}
