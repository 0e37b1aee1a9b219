import type { Summary } from "../plan/planned.ts";

/** How many steps do what, in one line. */
export function summaryText({ add, remove, unchanged }: Summary): string {
  if (add + remove === 0) return `Nothing to do: ${unchanged} unchanged.`;
  return `${add} to add, ${remove} to remove, ${unchanged} unchanged.`;
}
