import type { Summary } from "../plan/planned.ts";
import { escaped } from "./escaped.ts";
import { countText } from "./number-text.ts";

/** What mending a sandbox did, and how much is wrong still. */
export function mendedText(sandbox: string, { add, remove }: Summary, left: number): string {
  const id = escaped(sandbox);
  const done =
    add + remove === 0
      ? `Found nothing to mend in sandbox ${id}`
      : `Mended sandbox ${id}: ${add} made, ${remove} removed`;
  return left === 0 ? `${done}.\n` : `${done}; ${countText(left, "finding")} left.\n`;
}
