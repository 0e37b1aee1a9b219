import { setImmediate as later } from "node:timers/promises";
import { Budget } from "./budget.ts";

/**
 * Whose turn it is to list a directory: one is listed when there is a lane that nobody else wants, and then the next when
 * it cannot use all lanes. The names of many directories that wait for lanes would only take memory.
 */
export class ListingTurn {
  /** Whether directories have more than all lanes can take: the last one had to wait for one. */
  isBusy = false;
  readonly #lanes: Budget;
  readonly #turn = new Budget(1);

  constructor(lanes: Budget) {
    this.#lanes = lanes;
  }

  /** Waits for a turn; gives what ends it. Ending it again is fine. */
  async take(): Promise<() => void> {
    await this.#turn.take(1);
    this.isBusy = !this.#lanes.hasSpare;
    while (!this.#lanes.hasSpare) {
      await this.#lanes.spare();
      await later(); // whoever was given a lane just now may want more
    }
    let isOver = false;
    return () => {
      if (!isOver) this.#turn.give(1);
      isOver = true;
    };
  }
}
