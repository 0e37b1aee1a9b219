/**
 * Does something while performance.now() stands still. A process that gets no processor for a moment looks again at what is not fresh any
 * more, and lets go of a lock whose turn is over: it makes other calls than one that is quick. Nothing in it may wait for a time to pass.
 */
export async function withStillClock<T>(work: () => Promise<T>): Promise<T> {
  const now = performance.now();
  performance.now = () => now;
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(performance, "now");
  }
}

/** Does something for which it is so much later by performance.now(), before any timer has fired. */
export async function withLaterClock<T>(laterMs: number, work: () => Promise<T>): Promise<T> {
  const { now } = Performance.prototype;
  performance.now = () => now.call(performance) + laterMs;
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(performance, "now");
  }
}
