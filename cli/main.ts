import { CommandError, interrupted } from "./failure.ts";
import type { Io } from "./io.ts";
import { parse } from "./parse.ts";
import { commands } from "./program.ts";
import { report } from "./report.ts";

/** Does what a command line says. Gives the exit code, and does not throw. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await parse(commands, argv, io);
  } catch (error) {
    return report(whyOf(error, io), io, argv.includes("--json"));
  }
}

// What ends a wait is no news to who interrupted it.
function whyOf(error: unknown, { signal }: Io): unknown {
  return signal.aborted && !(error instanceof CommandError) ? interrupted() : error;
}
