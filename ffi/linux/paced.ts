/** Work that stops where something has to be waited for: each promise that it yields is waited for, and comes back to it. */
export type Work<T> = Generator<Promise<unknown>, T, unknown>;

/** What work gives: at once where it never has to wait, else a promise. Most work never does. */
export function paced<T>(work: Work<T>): T | Promise<T> {
  const { done, value } = work.next();
  return done ? value : goOn(work, value);
}

async function goOn<T>(work: Work<T>, first: Promise<unknown>): Promise<T> {
  let waiting = first;
  for (;;) {
    const next = await waiting.then(
      (value) => work.next(value),
      (error) => work.throw(error),
    );
    if (next.done) return next.value;
    waiting = next.value;
  }
}
