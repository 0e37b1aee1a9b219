import type { CommandRow } from "../command.ts";
import { optionsOf } from "../options.ts";
import { flagsOf } from "./flags.ts";

// What values and words are called that are paths.
const paths: ReadonlySet<string> = new Set([
  "file",
  "directory",
  "path",
  "input",
  "volume",
  "mount",
  "share",
]);

/** The path that is being typed at the end of a command line; undefined where it is something else. */
export function pathTyped(words: readonly string[], rows: readonly CommandRow[]): string | undefined {
  const typed = words.at(-1) ?? "";
  const row = rows.find(({ name }) => words.slice(0, -1).includes(name));
  if (!row) return undefined;
  const asked = valueBefore(row, words.at(-2) ?? "");
  if (asked !== undefined) return paths.has(asked) ? typed : undefined;
  const word = row.words?.replace(/[^\w]/g, "") ?? "";
  return !typed.startsWith("-") && paths.has(word) ? typed : undefined;
}

// What the value is called that an option just before takes.
function valueBefore(row: CommandRow, before: string): string | undefined {
  for (const { flags } of optionsOf(row)) {
    const { long, short, value } = flagsOf(flags);
    if (before === `--${long}` || (short !== undefined && before === `-${short}`)) return value;
  }
  return undefined;
}
