import type { Logger } from "../ffi/mod.ts";

/** Writes a line. A failure of the logger itself is ignored: it changes nothing of what was done. */
export function tell(log: Logger | undefined, fields: object, message: string): void {
  try {
    log?.debug(fields, message);
  } catch {
    // There is nowhere to report it.
  }
}
