import { setTimeout as sleep } from "node:timers/promises";

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/** How long to retry, and after what. */
export interface RetryOptions {
  /** How long in all. */
  readonly timeoutMs: number;
  /** Whether the next attempt may end otherwise than with this error. */
  readonly mayPass: (error: unknown) => boolean;
  /** Ends a pause. The attempt that follows has to look at it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What an attempt gives in the end, with pauses between the attempts that double up to 100 ms. Each attempt gets the time that is left.
 *
 * @throws the error of an attempt that will not pass, or the last one once the time is up.
 */
export async function retry<T>(
  attempt: (leftMs: number) => Promise<T>,
  { timeoutMs, mayPass, signal }: RetryOptions,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  let last: unknown;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await attempt(Math.max(1, Math.ceil(end - performance.now())));
    } catch (error) {
      if (!mayPass(error)) throw error;
      // The last attempt has little time: an earlier error says more than that nobody answered this one.
      if (last === undefined || codeOf(error) !== "ETIMEDOUT") last = error;
    }
    const pause = Math.min(pauseMs, end - performance.now());
    if (pause <= 0) throw last;
    await sleep(pause, undefined, signal && { signal }).catch(() => {});
  }
}

const codeOf = (error: unknown) => (error as { code?: unknown }).code;
