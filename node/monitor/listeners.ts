import { setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "../../ffi/mod.ts";
import { EventQueue } from "./event-queue.ts";
import type { NodeEvent, NodeNews } from "./node-event.ts";

const NEWS_IN_A_TURN = 500;

/** Those who hear of a node's events, each in its own time, and a log. */
export class Listeners {
  readonly #log: Logger | undefined;
  readonly #queues = new Set<EventQueue>();
  #isClosed = false;
  #missed = 0;

  /** With a log that takes a line for each event. */
  constructor(log: Logger | undefined) {
    this.#log = log;
  }

  /** How many events a listener was too slow for, over all of them. */
  get missed(): number {
    return this.#missed;
  }

  /** The events of one more, who hears of what is known first. */
  add(known: Iterable<NodeNews>): AsyncIterable<NodeEvent> {
    const onMissed = () => {
      this.#missed += 1;
    };
    const queue = new EventQueue(dated(known), onMissed, (ended) => void this.#queues.delete(ended));
    if (this.#isClosed) queue.close();
    else this.#queues.add(queue);
    return queue;
  }

  /** Tells all of them. */
  tell(news: NodeNews): void {
    const event = { at: new Date().toISOString(), ...news };
    for (const queue of this.#queues) queue.push(event);
    try {
      this.#log?.debug(event, news.kind);
    } catch {
      // There is nowhere to report it.
    }
  }

  /** Tells all of them many things: they read meanwhile, so that no more waits for one than may. */
  async tellAll(all: Iterable<NodeNews>): Promise<void> {
    let told = 0;
    for (const news of all) {
      this.tell(news);
      if (++told % NEWS_IN_A_TURN === 0) await nextTurn();
    }
  }

  /** They hear of nothing more. */
  close(): void {
    this.#isClosed = true;
    for (const queue of this.#queues) queue.close();
  }
}

function* dated(all: Iterable<NodeNews>): Generator<NodeEvent> {
  const at = new Date().toISOString();
  for (const news of all) yield { at, ...news };
}
