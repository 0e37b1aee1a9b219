import { performance } from "node:perf_hooks";
import type { UnknownPlace } from "./host-place.ts";
import type { Scheduler } from "./scheduler.ts";

/** How long a look may take. */
export interface LookTimes {
  /** How long the host may keep the look waiting. */
  readonly hostMs: number;
  /** How long all of it may take, with what the look waits for a processor. */
  readonly longestMs: number;
}

// So often it is looked whom the look waits for.
const EVERY_MS = 25;

/**
 * The end of a look at the host. What the look waits for a processor is not the host's fault, and counts only for the longest time: on a
 * busy machine a look of microseconds takes a second.
 */
export class LookDeadline {
  readonly #times: LookTimes;
  readonly #scheduler: Scheduler;
  readonly #start = performance.now();
  readonly #everyMs: number;
  #last = this.#start;
  #lastDelayMs: number;
  #hostMs = 0;
  #unknown: UnknownPlace | undefined;

  constructor(times: LookTimes, scheduler: Scheduler) {
    this.#times = times;
    this.#scheduler = scheduler;
    this.#everyMs = Math.min(EVERY_MS, times.hostMs / 4);
    this.#lastDelayMs = scheduler.delayMs();
  }

  /** How long it is until somebody should ask again. */
  get nextMs(): number {
    return Math.max(0, Math.min(this.#everyMs, this.#times.longestMs - (performance.now() - this.#start)));
  }

  /** Why the look has to end now; undefined while it may go on. */
  get unknown(): UnknownPlace | undefined {
    const now = performance.now();
    const isDue = now - this.#last >= this.#everyMs || now - this.#start >= this.#times.longestMs;
    if (this.#unknown === undefined && isDue) this.#count(now);
    return this.#unknown;
  }

  #count(now: number): void {
    const elapsedMs = now - this.#last;
    const delayMs = this.#scheduler.delayMs();
    if (!this.#scheduler.hasRunnableThread())
      this.#hostMs += Math.max(0, elapsedMs - (delayMs - this.#lastDelayMs));
    this.#last = now;
    this.#lastDelayMs = delayMs;
    const { hostMs, longestMs } = this.#times;
    const spentMs = now - this.#start;
    if (this.#hostMs < hostMs && spentMs < longestMs) return;
    const starvedMs = spentMs - this.#hostMs;
    const isHosts = this.#hostMs >= hostMs || this.#hostMs > starvedMs;
    this.#unknown = isHosts ? slow(this.#hostMs) : busy(spentMs, starvedMs);
  }
}

function slow(hostMs: number): UnknownPlace {
  return { unknown: `the host has not answered within ${hostMs.toFixed(0)} ms` };
}

function busy(spentMs: number, starvedMs: number): UnknownPlace {
  const [all, waited] = [spentMs.toFixed(0), starvedMs.toFixed(0)];
  return {
    unknown: `the machine is too busy: of ${all} ms the look has waited ${waited} ms for a processor`,
  };
}
