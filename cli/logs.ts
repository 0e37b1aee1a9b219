import type { Logger } from "../ffi/mod.ts";
import type { CommonOptions } from "./command.ts";
import type { Io } from "./io.ts";

/** A logger that writes to stderr from the level on that the options name; nothing where they name none. */
export async function loggerOf(io: Io, { logLevel }: CommonOptions): Promise<{ readonly logger?: Logger }> {
  if (logLevel === undefined || logLevel === "silent") return {};
  const { pino } = await import("pino");
  return {
    logger: pino({ name: "guestshare", level: logLevel }, { write: (line) => io.stderr.write(line) }),
  };
}
