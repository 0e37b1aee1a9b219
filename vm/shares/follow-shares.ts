import { dirname } from "node:path";
import { followSandboxes } from "../../ffi/mod.ts";
import type { ListedShare } from "./share.ts";

/** What is followed. */
export interface Followed {
  /** The view of the shares. */
  readonly directory: string;
  /** What is shared now. */
  list(): Promise<readonly ListedShare[]>;
}

/**
 * Gives the shares at the beginning, and again after each change of them. Many changes at once are one: what is listed is the last
 * state, and who takes long misses those between.
 */
export async function* followShares(
  { directory, list }: Followed,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ListedShare[], void, void> {
  const changes = new Changes(dirname(dirname(directory)));
  const end = () => changes.end();
  signal?.addEventListener("abort", end);
  let last: string | undefined;
  try {
    while (!signal?.aborted && (await changes.next())) {
      const shares = await list();
      const now = JSON.stringify(shares);
      if (now !== last) yield shares;
      last = now;
    }
  } finally {
    signal?.removeEventListener("abort", end);
    await changes.end();
  }
}

/** Whether anything has changed in a directory of sandboxes since the last time. */
class Changes {
  readonly #ending = new AbortController();
  readonly #watching: Promise<void>;
  #isChanged = false;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(hostDir: string) {
    this.#watching = this.#watch(hostDir).finally(() => {
      this.#isOver = true;
      this.#wake();
    });
    // Whoever awaits the next change, or the end, is told.
    this.#watching.catch(() => {});
  }

  async #watch(hostDir: string): Promise<void> {
    for await (const _ of followSandboxes({ hostDir, signal: this.#ending.signal })) {
      this.#isChanged = true;
      this.#wake();
    }
  }

  /** True after a change; false at the end. */
  async next(): Promise<boolean> {
    while (!this.#isChanged && !this.#isOver)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const isChanged = this.#isChanged;
    this.#isChanged = false;
    if (!isChanged) await this.#watching;
    return isChanged;
  }

  end(): Promise<void> {
    this.#ending.abort();
    return this.#watching;
  }
}
