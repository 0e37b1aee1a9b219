/** How long things took: how many there were, and how many of them at most so long. */
export interface Durations {
  /** How many there were. */
  readonly count: number;
  /** All of them together. */
  readonly sumSeconds: number;
  /** How many took at most so long, those of the bucket before among them. The longest ones are in none. */
  readonly buckets: readonly { readonly atMostSeconds: number; readonly count: number }[];
}

/** Counts durations, in as little memory as one number for each bucket. */
export class DurationCounter implements Durations {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  count = 0;
  sumSeconds = 0;

  /** By these bounds in seconds, in rising order. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  /** Counts one more. */
  add(seconds: number): void {
    this.count += 1;
    this.sumSeconds += seconds;
    this.#bounds.forEach((bound, at) => {
      if (seconds <= bound) this.#counts[at] = (this.#counts[at] as number) + 1;
    });
  }

  get buckets(): Durations["buckets"] {
    return this.#bounds.map((atMostSeconds, at) => ({ atMostSeconds, count: this.#counts[at] as number }));
  }

  /** As it is now. */
  toJSON(): Durations {
    const { count, sumSeconds, buckets } = this;
    return { count, sumSeconds, buckets };
  }
}
