import { setTimeout as sleep } from "node:timers/promises";

/** How long pauses between two tries are. */
export interface Pauses {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Tries something again and again, with pauses that double, until the try gives true. False once the time is over, as
 * performance.now() counts; the last try comes after that time.
 */
export async function retry(
  attempt: () => boolean | Promise<boolean>,
  endMs: number,
  { firstMs, longestMs }: Pauses,
): Promise<boolean> {
  for (let pauseMs = firstMs; ; pauseMs = Math.min(pauseMs * 2, longestMs)) {
    if (await attempt()) return true;
    const leftMs = endMs - performance.now();
    if (leftMs <= 0) return false;
    await sleep(Math.min(pauseMs, leftMs));
  }
}
