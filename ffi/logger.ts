/** What the library says while it works, in pino's form: fields first, then a sentence. A pino logger is one. */
export interface Logger {
  debug(fields: object, message?: string): void;
}

/** Writes a line. A logger's own failure is nobody's: what is done is done, whether it could be told or not. */
export function log(logger: Logger | undefined, fields: object, message: string): void {
  try {
    logger?.debug(fields, message);
  } catch {
    // Nobody could be told.
  }
}
