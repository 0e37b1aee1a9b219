import assert from "node:assert/strict";
import { cpuTime } from "./cpu-time.ts";

const TRIES = 8;
const TIMES_MORE = 16;
// Between sixteen, in proportion, and its square: memory that a processor no longer has near it may cost some times more.
const MOST = 64;

/**
 * Asserts that what is done to so many things takes processor time in proportion, compared to what a sixteenth of them takes:
 * no clock is asked, because on a busy machine the long way is always interrupted and the short way may not be. `prepare` makes
 * the things, and gives what is measured. The best of some tries counts on both sides, since whatever else a process does makes
 * a try slower, and never faster.
 */
export async function assertLinear(
  count: number,
  prepare: (count: number) => () => void | Promise<void>,
): Promise<void> {
  let [few, many] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let tries = 0; tries < TRIES; tries += 1) {
    // More than once, because what a runtime has not compiled yet takes longest in the first and short one.
    for (let run = 0; run < 4; run += 1) few = Math.min(few, await msOf(prepare(count / TIMES_MORE)));
    many = Math.min(many, await msOf(prepare(count)));
    if (many < MOST * few) return;
  }
  assert.fail(`${TIMES_MORE} times as many took ${Math.round(many / few)} times as long`);
}

async function msOf(perform: () => void | Promise<void>): Promise<number> {
  const time = cpuTime();
  await perform();
  return time();
}
