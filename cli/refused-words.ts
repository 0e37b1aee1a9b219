import type { CommandRow } from "./command.ts";
import { type CommandError, usageError } from "./failure.ts";

/** What commander says of a command line that it refuses. */
interface Refusal {
  readonly code: string;
  readonly message: string;
}

const help = "see `guestshare --help`, which has all commands";

/** The failure of a command line that commander refuses: what it says, with what to write instead. */
export function refusalOf(
  { code, message }: Refusal,
  rows: readonly CommandRow[],
  argv: readonly string[],
): CommandError {
  if (code === "commander.help") return usageError("No command was given", help);
  // "error: unknown command 'paln'\n(Did you mean plan?)"
  const [line = "", suggestion = ""] = message.replace(/^error: /, "").split("\n");
  const [what = "", expected = ""] = line.split(/\. (?=Allowed choices are |Expected )/);
  const meant = /^\(Did you mean (.*)\?\)$/.exec(suggestion)?.[1];
  const choices = expected.replace(/^Allowed choices are (.*)\.$/, "one of $1");
  const said = `${what.slice(0, 1).toUpperCase()}${what.slice(1)}`;
  if (meant !== undefined) return usageError(said, `write ${meant}`);
  if (code === "commander.unknownCommand") return usageError(said, help);
  if (code === "commander.invalidArgument") return usageError(said, `write ${choices}`);
  const row = rows.find(({ name }) => name === argv[0]);
  return usageError(said, `write such as ${row?.example ?? "guestshare --help"}`);
}
