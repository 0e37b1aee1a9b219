/** What the library says while it works, in pino's form: fields first, then a sentence. A pino logger is one. */
export interface Logger {
  debug(fields: object, message?: string): void;
}
