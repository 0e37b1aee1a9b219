import { env } from "node:process";

// Long sweeps are whole where a test is run by hand. The short run takes some of each, always the same ones. The whole run
// has the tests of mounts four times, on two runtimes under two propagations, and each time half of the places of a sweep:
// each place is met on both runtimes and under both propagations.

/** Whether this is the short run. */
export const isShort: boolean = env.GUESTSHARE_TEST_SAMPLED === "1";

/** Which half of the places of a sweep the whole run takes here, 0 or 1; undefined for all. */
const half = env.GUESTSHARE_TEST_HALF === undefined ? undefined : Number(env.GUESTSHARE_TEST_HALF);

/** How often to do something: so often, and in the short run as often as is said for it. */
export function rounds(whole: number, short: number): number {
  return isShort ? short : whole;
}

/** All items; in the short run one of so many, beginning with the one at `first`. */
export function sampleOf<Item>(items: readonly Item[], every: number, first = 0): Item[] {
  if (isShort) return everyOf(items, every, first);
  return items.filter((_, at) => isIn(half, at));
}

/** Of so many rounds, none like another, those that are taken here: some in the short run, half of them in the whole one. */
export function roundsHere(whole: number, short: number): { first: number; count: number } {
  if (isShort || half === undefined) return { first: 0, count: rounds(whole, short) };
  return { first: (half * whole) / 2, count: whole / 2 };
}

/** One item of so many, beginning with the one at `first`. */
export function everyOf<Item>(items: readonly Item[], every: number, first = 0): Item[] {
  return items.filter((_, at) => at % every === first % every);
}

/** Whether a place, counted from 0, is in a half: two of four are, so that each half has even and odd ones. */
export function isIn(half: number | undefined, at: number): boolean {
  return half === undefined || at % 4 < 2 === (half === 0);
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
  else for (let at = 1; ; at += 1) if (isIn(half, at - 1)) yield at;
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
