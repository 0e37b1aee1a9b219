import { EFBIG } from "../linux/errno.ts";
import { SyscallError } from "../linux/syscall-error.ts";

// What kubelet writes comes from objects of 1 MiB at most, and Kata's agent watches no larger volumes either.
const MOST_BYTES = 1024 * 1024;
const MOST_ENTRIES = 2048;

/** A directory is too large to be a volume of kubelet's, and to be looked at again and again. */
export class TooLargeError extends SyscallError {
  constructor() {
    const reason = `more than ${MOST_BYTES} bytes or ${MOST_ENTRIES} names are too many to be watched`;
    super("", EFBIG, reason);
  }
}

/** How much one look at a volume has seen so far. */
export class Extent {
  #entries = 0;
  #bytes = 0;

  /** @throws {TooLargeError} where these names are too many. */
  addNames(count: number): void {
    this.#entries += count;
    if (this.#entries > MOST_ENTRIES) throw new TooLargeError();
  }

  /** @throws {TooLargeError} where a file of so many bytes is too much. */
  addBytes(count: number): void {
    this.#bytes += count;
    if (this.#bytes > MOST_BYTES) throw new TooLargeError();
  }
}
