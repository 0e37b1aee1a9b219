import { DurationCounter } from "../monitor/duration-counter.ts";
import type { LivingStatus, NodePod } from "../monitor/status.ts";
import { isId, type Living } from "./living.ts";

/** Gives the ids of all sandboxes that live. */
export type ListLivingIds = () => Promise<readonly string[]>;

// Of many sandboxes that are removed one after the other, each is judged by a list that is at most so old.
const FRESH_MS = 1000;
const LONGEST_MS = 30_000;

/** Who lives by a list of the caller's, which is asked for again and again. A list that fails, or has what is no id, is none. */
export class ListLiving implements Living {
  readonly #list: ListLivingIds;
  #ids: readonly string[] = [];
  #known: ReadonlySet<string> = new Set();
  #why: string | undefined = "nobody has said yet who lives";
  #readAt = Number.NEGATIVE_INFINITY;
  version = 0;

  constructor(list: ListLivingIds) {
    this.#list = list;
  }

  status(): LivingStatus {
    return {
      ...{ by: "list", isKnown: this.#why === undefined, ...(this.#why !== undefined && { why: this.#why }) },
      pods: { running: 0, stopped: 0, "process-gone": 0, listed: this.#ids.length },
      ...{ connections: 0, losses: 0, requests: new DurationCounter([]).toJSON() },
    };
  }

  async begun(): Promise<void> {}

  async ids(): Promise<readonly string[] | undefined> {
    if (performance.now() - this.#readAt > FRESH_MS) await this.#read();
    return this.#why === undefined ? this.#ids : undefined;
  }

  podOf(id: string): NodePod | undefined {
    return this.#known.has(id) ? { name: "", namespace: "", state: "listed" } : undefined;
  }

  async look(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  async #read(): Promise<void> {
    try {
      const ids = await withinTime(this.#list());
      const wrong = ids.find((id) => typeof id !== "string" || !isId(id));
      if (wrong !== undefined) throw new Error(`${JSON.stringify(wrong).slice(0, 200)} is no id`);
      this.#ids = [...ids];
      this.#why = undefined;
    } catch (error) {
      this.#ids = [];
      this.#why = error instanceof Error ? error.message : String(error);
    }
    this.#known = new Set(this.#ids);
    this.version += 1;
    this.#readAt = performance.now();
  }
}

// What comes too late is not waited for: sandboxes are looked at all the same.
async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no list has come within ${LONGEST_MS} ms`)), LONGEST_MS);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
