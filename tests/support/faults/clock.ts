/**
 * Does something while performance.now() stands still. A process that gets no processor for a moment looks again at what is not fresh any
 * more, and lets go of a lock whose turn is over: it makes other calls than one that is quick. Nothing in it may wait for a time to pass.
 */
export function withStillClock<T>(work: () => Promise<T>): Promise<T> {
  const now = performance.now();
  return withClock(() => now, work);
}

/** Does something while performance.now() is ahead by so much. Timers fire as always. */
export function withLaterClock<T>(laterMs: number, work: () => Promise<T>): Promise<T> {
  const { now } = Performance.prototype;
  return withClock(() => now.call(performance) + laterMs, work);
}

async function withClock<T>(now: () => number, work: () => Promise<T>): Promise<T> {
  performance.now = now;
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(performance, "now");
  }
}
