import { env } from "node:process";

// Long sweeps are whole, also where a test is run by hand. The short run takes some of each, always the same ones.

/** Whether this is the short run. */
const isShort = env.GUESTSHARE_TEST_SAMPLED === "1";

/** How often to do something: so often, and in the short run as often as is said for it. */
export function rounds(whole: number, short: number): number {
  return isShort ? short : whole;
}

/** All items; in the short run one of so many, beginning with the one at `first`. */
export function sampleOf<Item>(items: readonly Item[], every: number, first = 0): Item[] {
  return isShort ? everyOf(items, every, first) : [...items];
}

/** One item of so many, beginning with the one at `first`. */
export function everyOf<Item>(items: readonly Item[], every: number, first = 0): Item[] {
  return items.filter((_, at) => at % every === first % every);
}

/**
 * The calls of an operation that are made to fail, each in a run of its own, counted from 1: all, and on until a run comes
 * to its end. In the short run the first of each name and one of so many, and the place behind the last one. What is in
 * `seen` already is not taken for its name.
 */
export function* callsOf(
  names: readonly string[],
  every: number,
  first = 0,
  seen: Set<string> = new Set(),
): Generator<number> {
  if (isShort) yield* someOf(names, every, first, seen);
  else for (let at = 1; ; at += 1) yield at;
}

/** What the short run takes of calls with these names. */
export function* someOf(
  names: readonly string[],
  every: number,
  first: number,
  seen: Set<string>,
): Generator<number> {
  for (const [at, name] of names.entries()) {
    if (!seen.has(name) || at % every === first % every) yield at + 1;
    seen.add(name);
  }
  yield names.length + 1;
}
