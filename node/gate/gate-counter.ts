import type { GateCounts } from "../monitor/status.ts";
import type { GateFinding } from "./finding.ts";
import type { Unseen } from "./unseen.ts";

/** Counts what a gate judges. */
export class GateCounter {
  #judged = 0;
  #refused = 0;
  readonly #codes: Record<string, number> = {};
  readonly #unseen: Record<string, number> = {};

  /** A container was judged. */
  judged(refused: readonly GateFinding[], unseen: readonly Unseen[]): void {
    this.#judged += 1;
    if (refused.length > 0) this.#refused += 1;
    for (const { code } of refused) add(this.#codes, code);
    for (const { code } of unseen) add(this.#unseen, code);
  }

  /** Of a container that was judged before, more was found when it was started. */
  late(findings: readonly GateFinding[]): void {
    for (const { code } of findings) add(this.#unseen, code);
  }

  counts(isTrial: boolean): GateCounts {
    const [judged, refused] = [this.#judged, this.#refused];
    return { isTrial, judged, refused, codes: { ...this.#codes }, unseen: { ...this.#unseen } };
  }
}

function add(counts: Record<string, number>, code: string): void {
  counts[code] = (counts[code] ?? 0) + 1;
}
