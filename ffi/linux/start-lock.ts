import { setTimeout as sleep } from "node:timers/promises";
import { EAGAIN } from "./errno.ts";
import { LONGEST_PAUSE_MS } from "./lock-turn.ts";
import { MARK } from "./mark.ts";
import { SyscallError } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

// Who starts a container locks one byte of the sandbox's mark, a byte for each id. Such a lock is none of the sandbox's own, it ends
// with the process that holds it, and nothing of it is left.

/** How long a start waits for another one of the same container. */
export interface StartPatience {
  readonly timeoutMs: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A descriptor that keeps all others, in this process and in others, from starting a container of this id until it is closed.
 *
 * @throws {SyscallError} EAGAIN after the time-out, ENOENT without a mark. @throws the reason of the signal.
 */
export async function takeStartLock(
  sys: Syscalls,
  directory: number,
  container: string,
  { timeoutMs, signal }: StartPatience,
): Promise<number> {
  const endMs = performance.now() + timeoutMs;
  const mark = sys.openToOverwrite(directory, MARK);
  try {
    for (let pauseMs = 1; !sys.tryLockByte(mark, byteOf(container)); pauseMs = longer(pauseMs)) {
      if (performance.now() > endMs)
        throw new SyscallError("fcntl", EAGAIN, "another process starts this container; try again later");
      await sleep(pauseMs, undefined, { signal });
    }
    return mark;
  } catch (error) {
    sys.close(mark);
    throw error;
  }
}

const longer = (pauseMs: number) => Math.min(pauseMs * 2, LONGEST_PAUSE_MS);

// The 32 bits of FNV-1a. Two ids with one byte wait for each other, and nothing else comes of it.
function byteOf(container: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(container)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
