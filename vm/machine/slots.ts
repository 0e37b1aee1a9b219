import type { Slots } from "./guest-files.ts";
import { MachineError } from "./machine-error.ts";

/** The places that programs run in, each with its own ports: one of them is taken, and comes back when its program has ended. */
export class SlotPool {
  readonly #free: Record<keyof Slots, number[]>;
  readonly #slots: Slots;

  constructor(slots: Slots) {
    this.#slots = slots;
    const all = (count: number) => Array.from({ length: count }, (_, slot) => slot);
    this.#free = { processes: all(slots.processes), terminals: all(slots.terminals) };
  }

  /**
   * Takes one.
   *
   * @throws {MachineError} if all are taken.
   */
  take(kind: keyof Slots, action: string): number {
    const slot = this.#free[kind].shift();
    if (slot !== undefined) return slot;
    const what = kind === "processes" ? "programs with pipes" : "programs on terminals";
    const reason = `${this.#slots[kind]} ${what} run already; the option "${kind}" of Machine.start allows more`;
    throw new MachineError(action, reason);
  }

  /** Gives one back. */
  free(kind: keyof Slots, slot: number): void {
    this.#free[kind].push(slot);
  }
}
