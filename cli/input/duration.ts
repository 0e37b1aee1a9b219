import { usageError } from "../failure.ts";

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * The milliseconds of a time such as "30s", "10m" or "500ms".
 *
 * @throws {CommandError} for a text that is none.
 */
export function millisecondsOf(text: string, option: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (number === "0") return 0;
  if (number !== undefined && unit !== undefined) return Number(number) * (units[unit] as number);
  throw usageError(
    `Cannot read ${option} ${JSON.stringify(text)}: it is no time`,
    "write a number and a unit, such as 30s, 10m or 1h",
  );
}
