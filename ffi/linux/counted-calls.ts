import { setImmediate } from "node:timers";
import type { Argument, CallName } from "./calls.ts";
import type { Libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

// How many calls are made in one go: timers, signals and other sandboxes wait meanwhile.
const MOST_CALLS = 800;
// How many descriptors wait to be closed. With those of sources at hand that is fewer than the kernel has room for at first: making
// room for more takes it milliseconds.
const MOST_LATE = 32;

/** Makes system calls, counts them, and closes descriptors. */
export class CountedCalls {
  readonly #libc: Libc;
  #hasCloseRange = true;
  /** Descriptors that nobody uses any more. */
  readonly #late: number[] = [];
  /** How many calls were made since the event loop had a turn. */
  #calls = 0;
  readonly #startAnew = () => {
    this.#calls = 0;
    this.closeLate();
  };

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Whether mounts can be detached in threads of a pool. */
  get hasPool(): boolean {
    return this.#libc.unmountInPool !== undefined;
  }

  /** Makes umount2 in a thread of the pool; false where the call failed, or there is no pool. */
  protected async unmountInPool(path: Uint8Array, flags: number): Promise<boolean> {
    try {
      return (await this.#libc.unmountInPool?.(path, flags)) ?? false;
    } catch {
      return false;
    }
  }

  /** A turn of the event loop, for long work to wait for; undefined while only a few calls were made since the last one. */
  pause(): Promise<void> | undefined {
    return this.#calls < MOST_CALLS ? undefined : new Promise((resolve) => setImmediate(resolve));
  }

  close(fd: number): void {
    this.call("close", fd);
  }

  /** Closes a descriptor before `closeLate` returns, and before the event loop's next turn: many with numbers in a row take one call. */
  closeLater(fd: number): void {
    this.#late.push(fd);
    if (this.#late.length >= MOST_LATE) this.closeLate();
  }

  /** Closes all descriptors that wait for it. */
  closeLate(): void {
    if (this.#late.length === 0) return;
    const fds = this.#late.splice(0).sort((one, other) => one - other);
    let first = 0;
    for (let last = 0; last < fds.length; last++) {
      if (fds[last + 1] === (fds[last] as number) + 1) continue;
      this.#closeRange(fds[first] as number, fds[last] as number);
      first = last + 1;
    }
  }

  // All of a range are ours: nobody else has one between two of them.
  #closeRange(first: number, last: number): void {
    if (last > first && this.#hasCloseRange) {
      if (this.call("close_range", first, last, 0) >= 0) return;
      this.#hasCloseRange = false;
    }
    for (let fd = first; fd <= last; fd++) this.close(fd);
  }

  /** What `use` makes of a descriptor, which is closed then. */
  using<T>(fd: number, use: (fd: number) => T): T {
    try {
      return use(fd);
    } finally {
      this.close(fd);
    }
  }

  /** What a call gives, or the errno as a negative number. */
  protected call(
    name: CallName,
    a?: Argument,
    b?: Argument,
    c?: Argument,
    d?: Argument,
    e?: Argument,
  ): number {
    if (this.#calls++ === 0) setImmediate(this.#startAnew);
    return this.#libc.call(name, a, b, c, d, e);
  }

  /** What a call gives. */
  protected must(
    name: CallName,
    a?: Argument,
    b?: Argument,
    c?: Argument,
    d?: Argument,
    e?: Argument,
  ): number {
    const result = this.call(name, a, b, c, d, e);
    if (result < 0) throw new SyscallError(name, -result);
    return result;
  }
}
