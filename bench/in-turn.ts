import process from "node:process";
import { median } from "./median.ts";

/**
 * The median of what each measurement gives, by their names. All are made in turn, and again, so that other load of the machine
 * affects all of them. Each measurement is printed to stderr, because all together take minutes.
 */
export function inTurn(measurements: ReadonlyMap<string, () => number>, runs: number): Map<string, number> {
  const found = new Map([...measurements.keys()].map((name) => [name, [] as number[]]));
  for (let run = 1; run <= runs; run++) {
    for (const [name, measure] of measurements) {
      const number = measure();
      found.get(name)?.push(number);
      process.stderr.write(`${name} ${run}/${runs}: ${Number(number.toPrecision(4))}\n`);
    }
  }
  return new Map([...found].map(([name, numbers]) => [name, median(numbers)]));
}
