import { report } from "./failure.ts";
import type { Io } from "./io.ts";
import { parse } from "./parse.ts";
import { commands } from "./program.ts";

/** Does what a command line says. Gives the exit code, and does not throw. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await parse(commands, argv, io);
  } catch (error) {
    return report(error, io, argv.includes("--json"));
  }
}
