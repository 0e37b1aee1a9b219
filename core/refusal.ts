import { Text } from "./text";

// The most bytes of a subject or path that a refusal shows.
const MAX_SHOWN: i32 = 4096;

// AssemblyScript has no catch, so the core does not throw: the first refusal of a call is kept here.
let isRefused: bool = false;
let code: string = "";
let subject: Text | null = null;
let path: Text | null = null;

/** Refuses the request, unless it is refused already. Always false, so that a check can end with `return refuse(…)`. */
export function refuse(why: string, what: Text | null, where: Text): bool {
  if (isRefused) return false;
  isRefused = true;
  code = why;
  subject = what;
  path = where;
  return false;
}

/** Whether the current request is refused. */
export function refused(): bool {
  return isRefused;
}

/** Forgets the refusal of the last request. */
export function clearRefusal(): void {
  isRefused = false;
  subject = null;
  path = null;
}

/** The code of the refusal. RequestError in the wrapper has a sentence for each. */
export function refusalCode(): string {
  return code;
}

/** The refused value, as the request has it, cut if it is long. */
export function refusalSubject(): Text {
  return subject != null ? subject!.truncate(MAX_SHOWN) : Text.empty;
}

/** The JSON path of the refused value; empty for the whole request. */
export function refusalPath(): Text {
  return path != null ? path!.truncate(MAX_SHOWN) : Text.empty;
}
