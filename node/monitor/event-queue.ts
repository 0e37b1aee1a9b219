import type { NodeEvent } from "./node-event.ts";

// Some kilobytes for each listener, and a node's whole first look.
const MOST_WAITING = 2000;

/** The events of one listener: a slow one misses some, and is told how many, where they would have been. */
export class EventQueue {
  readonly #waiting: NodeEvent[] = [];
  readonly #onMissed: () => void;
  readonly #onEnd: () => void;
  #missed = 0;
  #isClosed = false;
  #wake: () => void = () => {};

  readonly #first: Iterable<NodeEvent>;

  /** The listener gets `first` before anything else. `onMissed` hears of each event that it misses, `onEnd` of its end. */
  constructor(first: Iterable<NodeEvent>, onMissed: () => void, onEnd: (queue: EventQueue) => void) {
    this.#first = first;
    this.#onMissed = onMissed;
    this.#onEnd = () => onEnd(this);
  }

  /** Takes an event. */
  push(event: NodeEvent): void {
    if (this.#isClosed) return;
    if (this.#waiting.length >= MOST_WAITING) {
      this.#missed += 1;
      this.#onMissed();
    } else {
      this.#sayGap(event.at);
      this.#waiting.push(event);
    }
    this.#wake();
  }

  /** No event comes any more. Those that wait are still given. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** The events, as they come. */
  async *[Symbol.asyncIterator](): AsyncGenerator<NodeEvent, void, void> {
    try {
      yield* this.#first;
      for (;;) {
        if (this.#waiting.length === 0) this.#sayGap(new Date().toISOString());
        const event = this.#waiting.shift();
        if (event) yield event;
        else if (this.#isClosed) return;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      this.#isClosed = true;
      this.#onEnd();
    }
  }

  #sayGap(at: string): void {
    if (this.#missed === 0) return;
    this.#waiting.push({ at, kind: "gap", missed: this.#missed });
    this.#missed = 0;
  }
}
