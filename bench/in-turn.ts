import { median } from "./median.ts";

/**
 * The median of what each measurement gives, by their names. All are made in turn, and again, so that what else the machine
 * does meets all of them.
 */
export function inTurn(measurements: ReadonlyMap<string, () => number>, runs: number): Map<string, number> {
  const found = new Map([...measurements.keys()].map((name) => [name, [] as number[]]));
  for (let run = 0; run < runs; run++) {
    for (const [name, measure] of measurements) found.get(name)?.push(measure());
  }
  return new Map([...found].map(([name, numbers]) => [name, median(numbers)]));
}
