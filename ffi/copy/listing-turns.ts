import { setImmediate as later } from "node:timers/promises";
import { Budget } from "./concurrency.ts";

/** The right to list a directory and to begin with its entries. */
export class ListingTurn {
  readonly #turns: Budget;
  #isOver = false;

  constructor(turns: Budget) {
    this.#turns = turns;
  }

  /** Lets the next directory be listed. Ending a turn again is fine. */
  end(): void {
    if (!this.#isOver) this.#turns.give(1);
    this.#isOver = true;
  }
}

/**
 * Decides when the next directory is listed: when a lane is spare, and when the directory before it cannot use all lanes. The
 * names of many directories that wait for lanes would only take memory.
 */
export class ListingTurns {
  /** Whether the directories that were begun fill all lanes: the newest one had to wait for a lane. */
  isBusy = false;
  readonly #lanes: Budget;
  readonly #turns = new Budget(1);

  constructor(lanes: Budget) {
    this.#lanes = lanes;
  }

  async take(): Promise<ListingTurn> {
    await this.#turns.take(1);
    this.isBusy = !this.#lanes.hasSpare;
    while (!this.#lanes.hasSpare) {
      await this.#lanes.spare();
      await later(); // whoever was given a lane just now may want more
    }
    return new ListingTurn(this.#turns);
  }
}
