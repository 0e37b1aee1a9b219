/** What the library says while it works, in pino's form: fields first, then a sentence. A pino logger is one. */
export interface Logger {
  /** Takes a line: its fields, and a sentence. */
  debug(fields: object, message?: string): void;
}

/** Writes a line. A failure of the logger itself is ignored: it changes nothing of what was done. */
export function log(logger: Logger | undefined, fields: object, message: string): void {
  try {
    logger?.debug(fields, message);
  } catch {
    // There is nowhere to report it.
  }
}
