import { DurationCounter } from "./duration-counter.ts";
import { MonitorError } from "./monitor-error.ts";
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

  /** One failed; gives why. */
  failed(error: unknown): string {
    this.#failures += 1;
    this.#lastFailure = error instanceof MonitorError ? error.reason : String(error);
    return this.#lastFailure;
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
