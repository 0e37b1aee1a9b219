import type { Check } from "../doctor/check.ts";
import type { Paint } from "./colors.ts";

const signs = { ok: "✓", note: "·", bad: "✗" } as const;
const styles = { ok: "green", note: "yellow", bad: "red" } as const;

/** What was looked at, for people: a sign and what was found, and below it what to do. */
export function checkLines(checks: readonly Check[], paint: Paint): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks.flatMap(({ name, state, found, next }) => [
    `${paint(styles[state], signs[state])} ${name.padEnd(width)}  ${found}`,
    ...(next === undefined ? [] : [`${" ".repeat(width + 4)}→ ${next}`]),
  ]);
}
