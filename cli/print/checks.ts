import type { Check } from "../doctor/check.ts";

const signs = { ok: "✓", note: "·", bad: "✗" } as const;

/** What was looked at, for people: a sign and what was found, and below it what to do. */
export function checkLines(checks: readonly Check[]): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks.flatMap(({ name, state, found, next }) => [
    `${signs[state]} ${name.padEnd(width)}  ${found}`,
    ...(next === undefined ? [] : [`${" ".repeat(width + 4)}→ ${next}`]),
  ]);
}
