import type { Syscalls } from "../linux/syscalls.ts";
import { Budget } from "./budget.ts";

// Below this a slice has memory of just its size; above it the memory of whole slices is used again and again.
const SMALL = 64 * 1024;

/** Room for one slice of a file, from the moment it is read until the agent has it. */
export interface Slice {
  readonly length: number;
  /** What it costs of the window. */
  readonly cost: number;
  /** Memory of a whole slice; undefined for a small one. */
  readonly memory: Uint8Array | undefined;
}

/** The memory of all slices that are on their way: never more than the window. */
export class Slices {
  readonly #sys: Syscalls;
  readonly #sliceBytes: number;
  readonly #budget: Budget;
  readonly #free: Uint8Array[] = [];
  readonly #scratch = new Uint8Array(SMALL);

  constructor(sys: Syscalls, sliceBytes: number, windowBytes: number) {
    this.#sys = sys;
    this.#sliceBytes = sliceBytes;
    this.#budget = new Budget(windowBytes);
  }

  /** Room for so many bytes if it is there, and nobody waits; undefined where not. */
  tryTake(length: number): Slice | undefined {
    return this.#budget.tryTake(this.#costOf(length)) ? this.#slice(length) : undefined;
  }

  /** Waits until there is room. */
  async take(length: number): Promise<Slice> {
    await this.#budget.take(this.#costOf(length));
    return this.#slice(length);
  }

  #costOf(length: number): number {
    return length <= SMALL ? length : this.#sliceBytes;
  }

  #slice(length: number): Slice {
    const cost = this.#costOf(length);
    if (length <= SMALL) return { length, cost, memory: undefined };
    return { length, cost, memory: this.#free.pop() ?? new Uint8Array(this.#sliceBytes) };
  }

  /** The next bytes of a file; fewer than the slice is long only at its end. */
  read(fd: number, { length, memory = this.#scratch }: Slice): Uint8Array {
    let filled = length === 0 ? 0 : this.#sys.read(fd, memory, length);
    while (filled < length) {
      const count = this.#sys.read(fd, memory.subarray(filled), length - filled);
      if (count === 0) break;
      filled += count;
    }
    return memory === this.#scratch ? memory.slice(0, filled) : memory.subarray(0, filled);
  }

  /** Gives the room back. Memory that somebody may still read, because his call failed, is not used again. */
  give({ cost, memory }: Slice, isFree: boolean): void {
    if (memory && isFree) this.#free.push(memory);
    this.#budget.give(cost);
  }
}
