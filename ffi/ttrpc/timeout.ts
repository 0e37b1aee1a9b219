/** The longest time of a timer: above it, a timer fires at once. */
export const LONGEST_MS: number = 2 ** 31 - 1;

/** What is wrong with a number of milliseconds; empty if nothing is. */
export function wrongTimeout(timeoutMs: unknown, name = "timeoutMs"): string {
  if (typeof timeoutMs === "number" && timeoutMs > 0 && timeoutMs <= LONGEST_MS) return "";
  return `${name} has to be a number of milliseconds from 1 to ${LONGEST_MS}, not ${timeoutMs}`;
}
