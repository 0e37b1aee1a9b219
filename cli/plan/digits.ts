import type { RollDigits } from "../input/requests.ts";

/** Digits that make the names of shares unique. */
export const randomDigits: RollDigits = (count) =>
  Array.from({ length: count }, () => digitsOf(crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n));

function digitsOf(number: number | bigint): string {
  return number.toString(16).padStart(16, "0");
}

/** Digits of a plan that nobody applies: the same each time. */
export const placeholderDigits: RollDigits = (count) =>
  Array.from({ length: count }, (_, at) => digitsOf(at));

/** The digits in the name of a share that containers have together; undefined for any other share. */
export function digitsIn(name: string): string | undefined {
  return /^sandbox-([0-9a-f]{16})-/.exec(name)?.[1];
}
