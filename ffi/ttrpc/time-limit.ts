import { canceled, DialError } from "./dial-error.ts";

/**
 * What a promise gives, if it settles in time.
 *
 * @throws {DialError} once the time is up, or the signal is aborted.
 */
export async function within<T>(promise: Promise<T>, timeMs: number, signal?: AbortSignal): Promise<T> {
  let stop: (error: DialError) => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  const late = () => stop(new DialError("ETIMEDOUT", `no answer within ${timeMs} ms`, { mayPass: true }));
  const timer = setTimeout(late, timeMs);
  const onAbort = () => stop(canceled(signal?.reason));
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
