import { DurationCounter } from "./durations.ts";
import type { AuditsStatus } from "./status.ts";

const bounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** How the audits went. */
export class AuditCounts {
  readonly #durations = new DurationCounter(bounds);
  #failures = 0;
  #lastAt: string | undefined;
  #lastFailure: string | undefined;

  /** One was whole. */
  whole(seconds: number): void {
    this.#durations.add(seconds);
    this.#lastAt = new Date().toISOString();
    this.#lastFailure = undefined;
  }

  /** One failed. */
  failed(why: string): void {
    this.#failures += 1;
    this.#lastFailure = why;
  }

  status(): AuditsStatus {
    const [lastAt, lastFailure] = [this.#lastAt, this.#lastFailure];
    return {
      ...{ durations: this.#durations.toJSON(), failures: this.#failures },
      ...(lastAt !== undefined && { lastAt }),
      ...(lastFailure !== undefined && { lastFailure }),
    };
  }
}
