import type { LifeReason } from "../../ffi/mod.ts";
import type { LookedSandbox } from "../places/protocol.ts";

// These are said with a list alone.
const byList: readonly LifeReason[] = ["young", "not-listed"];

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

  /** Takes what was found at a time. Who lives by a list or by itself is not missing; by what was found without a list nothing begins. */
  take(sandboxes: readonly Pick<LookedSandbox, "id" | "state" | "reason">[], now: number): void {
    const living = new Set(sandboxes.flatMap(({ id, state }) => (state === "living" ? [id] : [])));
    const since = new Map<string, number>();
    for (const { id, reason } of sandboxes) {
      if (living.has(id)) continue;
      const first = this.#since.get(id) ?? (byList.includes(reason) ? now : undefined);
      if (first !== undefined) since.set(id, first);
    }
    this.#since = since;
  }

  /** Those that are missing for long enough; undefined if no time has to pass. */
  at(now: number): string[] | undefined {
    if (this.#graceMs === 0) return undefined;
    return [...this.#since].filter(([, since]) => now - since >= this.#graceMs).map(([id]) => id);
  }
}
