import { setTimeout as sleep } from "node:timers/promises";
import { GUEST_CACHE_MS } from "../../../words/guest-cache.ts";

/** The containers that were unshared a moment ago: by the same names the guest would still find what was there. */
export class LatelyUnshared {
  readonly #at = new Map<string, number>();

  /** Notes that a container was unshared now. */
  note(id: string): void {
    const now = performance.now();
    for (const [other, at] of this.#at) if (now - at > GUEST_CACHE_MS) this.#at.delete(other);
    this.#at.set(id, now);
  }

  /** Waits until the guest looks again for what a container of this id has. */
  async wait(id: string, signal: AbortSignal | undefined): Promise<void> {
    const at = this.#at.get(id);
    const restMs = at === undefined ? 0 : at + GUEST_CACHE_MS - performance.now();
    if (restMs > 0) await sleep(restMs, undefined, { signal });
  }
}
