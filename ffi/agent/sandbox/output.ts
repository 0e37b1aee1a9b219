import { AgentError } from "../agent-error.ts";

/** Reads at most so many bytes of what a process wrote. */
export type ReadOutput = (length: number) => Promise<Uint8Array>;

/** How much is read at once, and how much waits for whoever reads the stream. */
const SLICE = 32 * 1024;
const AHEAD = 1024 * 1024;

/** What a process writes: a stream that is read ahead, so that short output needs no reader. */
export class Output {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Settles at the end of the output, or when it cannot be read any more. Never rejects. */
  readonly ended: Promise<void>;
  readonly #read: ReadOutput;
  #end: () => void = () => {};
  #isDiscarded = false;
  #isAbandoned = false;
  /** The read that is under way: there is one at a time. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(read: ReadOutput) {
    this.#read = read;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.stream = new ReadableStream(
      { pull: (controller) => this.#pull(controller), cancel: () => this.discard() },
      { highWaterMark: AHEAD, size: ({ byteLength }) => byteLength },
    );
  }

  /** Reads no more, though there may be more: whoever gives it without an end would never be done. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#end();
  }

  /** Goes on reading, and forgets it: a process that nobody reads would wait. */
  discard(): void {
    if (this.#isDiscarded) return;
    this.#isDiscarded = true;
    void this.#forget();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<void> {
    if (this.#isDiscarded) {
      await this.ended;
      return controller.close();
    }
    const reading = this.#next();
    this.#reading = reading.catch(() => {});
    try {
      const bytes = await reading;
      if (bytes.length > 0) return this.#enqueue(controller, bytes);
      this.#end();
      if (!this.#isDiscarded) controller.close();
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  // A stream that was canceled meanwhile takes nothing.
  #enqueue(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>, bytes: Uint8Array): void {
    if (!this.#isDiscarded) controller.enqueue(bytes as Uint8Array<ArrayBuffer>);
  }

  async #forget(): Promise<void> {
    await this.#reading;
    try {
      while (!this.#isAbandoned && (await this.#next()).length > 0);
    } catch {
      // There is nothing more to read.
    }
    this.#end();
  }

  async #next(): Promise<Uint8Array> {
    for (;;) {
      try {
        return await this.#read(SLICE);
      } catch (error) {
        if (!(error instanceof AgentError)) throw error;
        // The end of a terminal.
        if (error.trouble === "status" && /Input\/output error|EIO/.test(error.reason))
          return new Uint8Array();
        // A process may be silent for longer than a call may take.
        if (error.trouble !== "deadline") throw error;
      }
    }
  }
}
