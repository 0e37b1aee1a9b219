import assert from "node:assert/strict";

const TRIES = 5;

/**
 * Asserts that what is done to so many things takes at most a few times longer with four times as many: no clock of another
 * machine is asked. `prepare` makes the things, and gives what is measured.
 */
export async function assertLinear(
  count: number,
  prepare: (count: number) => () => void | Promise<void>,
): Promise<void> {
  const ratios: number[] = [];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const few = await msOf(prepare(count / 4));
    const many = await msOf(prepare(count));
    // Four is in proportion, sixteen is the square. What else a machine does may disturb one try, but not all.
    if (many < 9 * few) return;
    ratios.push(Math.round(many / few));
  }
  assert.fail(`four times as many took ${ratios.join(", ")} times as long`);
}

async function msOf(perform: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await perform();
  return performance.now() - start;
}
