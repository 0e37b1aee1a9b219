import { S_IFREG } from "../linux/constants.ts";
import type { FileStatx } from "../linux/structs.ts";
import type { Syscalls } from "../linux/syscalls.ts";
import { Budget } from "./concurrency.ts";
import { ChangedError } from "./entry.ts";

const oneByte = new Uint8Array(1);

/** A file that is open for reading. */
export class OpenFile {
  readonly fd: number;
  /** The file's state when it was opened. */
  readonly file: FileStatx;
  /** How long the file is taken to be. */
  size: number;
  /** How many of its bytes the agent has. */
  sent = 0;
  readonly #sys: Syscalls;
  #isOpen = true;

  /** @throws {ChangedError} if the descriptor is not of the regular file that was found. It is closed then. */
  constructor(sys: Syscalls, fd: number, found: FileStatx) {
    this.#sys = sys;
    this.fd = fd;
    try {
      this.file = sys.isUnchanged(fd, found) ? found : sys.fileStatx(fd);
      if (this.file.type !== S_IFREG || !this.file.isSameFile(found))
        throw new ChangedError("something else has this name by now");
    } catch (error) {
      sys.close(fd);
      throw error;
    }
    this.size = this.file.size;
  }

  /** Whether it has contents in spite of a size of 0: some filesystems make up the contents as they are read. */
  hasNoSize(): boolean {
    return this.size === 0 && this.#sys.read(this.fd, oneByte, 1) > 0 && this.isUnchanged();
  }

  /** Whether nobody wrote to the file since it was opened. */
  isUnchanged(): boolean {
    return this.#sys.isUnchanged(this.fd, this.file);
  }

  /** Closing again is fine. */
  close(): void {
    if (this.#isOpen) this.#sys.close(this.fd);
    this.#isOpen = false;
  }
}

// A small slice has memory of just its size; for others the memory of whole slices is used again and again.
const MOST_SMALL = 64 * 1024;

/** Room for one slice of a file, from its reading until the agent has it. */
export interface Slice {
  readonly length: number;
  /** How much of the window it takes. */
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
  readonly #scratch = new Uint8Array(MOST_SMALL);

  constructor(sys: Syscalls, sliceBytes: number, windowBytes: number) {
    this.#sys = sys;
    this.#sliceBytes = sliceBytes;
    this.#budget = new Budget(windowBytes);
  }

  /** Room for a slice if there is room and nobody waits; else undefined. */
  tryTake(length: number): Slice | undefined {
    return this.#budget.tryTake(this.#costOf(length)) ? this.#slice(length) : undefined;
  }

  /** Waits until there is room. */
  async take(length: number): Promise<Slice> {
    await this.#budget.take(this.#costOf(length));
    return this.#slice(length);
  }

  #costOf(length: number): number {
    return length <= MOST_SMALL ? length : this.#sliceBytes;
  }

  #slice(length: number): Slice {
    const cost = this.#costOf(length);
    if (length <= MOST_SMALL) return { length, cost, memory: undefined };
    return { length, cost, memory: this.#free.pop() ?? new Uint8Array(this.#sliceBytes) };
  }

  /** The next bytes of a file. They are fewer than the slice's length only at the end of the file. */
  read(fd: number, { length, memory = this.#scratch }: Slice): Uint8Array {
    let filled = length === 0 ? 0 : this.#sys.read(fd, memory, length);
    while (filled < length) {
      const count = this.#sys.read(fd, memory.subarray(filled), length - filled);
      if (count === 0) break;
      filled += count;
    }
    return memory === this.#scratch ? memory.slice(0, filled) : memory.subarray(0, filled);
  }

  /** Gives the room back. After a failed call the agent's connection may still read the memory: it is not used again. */
  give({ cost, memory }: Slice, isFree: boolean): void {
    if (memory && isFree) this.#free.push(memory);
    this.#budget.give(cost);
  }
}
