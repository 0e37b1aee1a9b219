import { EFBIG } from "../linux/errno.ts";
import { SyscallError } from "../linux/syscall-error.ts";

// What kubelet writes comes from objects of 1 MiB at most, and Kata's agent watches no larger volumes either.
const MOST_BYTES = 1024 * 1024;
const MOST_NAMES = 2048;

/** A directory is larger than volumes of kubelet's, and too large to be compared again and again. */
export class TooLargeError extends SyscallError {
  constructor() {
    const reason = `more than ${MOST_BYTES} bytes or ${MOST_NAMES} names are too many to be watched`;
    super("", EFBIG, reason);
  }
}

/** Counts the names and bytes that are read of a volume, up to the limit. */
export class SizeLimit {
  #names = 0;
  #bytes = 0;

  /** @throws {TooLargeError} if there are too many names now. */
  addNames(count: number): void {
    this.#names += count;
    if (this.#names > MOST_NAMES) throw new TooLargeError();
  }

  /** @throws {TooLargeError} if there are too many bytes now. */
  addBytes(count: number): void {
    this.#bytes += count;
    if (this.#bytes > MOST_BYTES) throw new TooLargeError();
  }
}
