import type { LookedSandbox } from "../places/protocol.ts";

/**
 * Since when lists of the living are without the ids of sandboxes. One list alone proves nothing: another runtime may have taken over
 * the socket, or one that has started does not know its pods yet.
 */
export class MissingIds {
  readonly #graceMs: number;
  #since: ReadonlyMap<string, number> = new Map();

  /** That are missing for so long before they are named. */
  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** Takes what was found with a list, at a time. What was found without one changes nothing. */
  take(sandboxes: readonly Pick<LookedSandbox, "id" | "reason">[], now: number): void {
    const missing = sandboxes.filter(({ reason }) => reason !== "listed");
    this.#since = new Map(missing.map(({ id }) => [id, this.#since.get(id) ?? now]));
  }

  /** Those that are missing for long enough; undefined if no time has to pass. */
  at(now: number): string[] | undefined {
    if (this.#graceMs === 0) return undefined;
    return [...this.#since].filter(([, since]) => now - since >= this.#graceMs).map(([id]) => id);
  }
}
