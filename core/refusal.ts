import { Text } from "./text";

// How many bytes of a subject or path are shown.
const MAX_SHOWN: i32 = 4096;

// AssemblyScript has no catch: a refusal is a return value, and the first one of a call is kept here.
let isRefused: bool = false;
let code: string = "";
let subject: Text | null = null;
let place: Text | null = null;

/** Keeps why the request is refused, unless it already was. Always false, so that `return refuse(…)` reads on. */
export function refuse(why: string, what: Text | null, where: Text): bool {
  if (isRefused) return false;
  isRefused = true;
  code = why;
  subject = what;
  place = where;
  return false;
}

/** Whether this request was refused. */
export function refused(): bool {
  return isRefused;
}

/** Forgets the last request's refusal. */
export function forget(): void {
  isRefused = false;
  subject = null;
  place = null;
}

/** The word for the reason; RequestError in the wrapper has a sentence for each. */
export function refusalCode(): string {
  return code;
}

/** What was refused, as it stood in the request; of a long text its beginning. */
export function refusalSubject(): Text {
  return subject != null ? subject!.upTo(MAX_SHOWN) : Text.empty;
}

/** The JSON path of what was refused; empty for the request as a whole. */
export function refusalPath(): Text {
  return place != null ? place!.upTo(MAX_SHOWN) : Text.empty;
}
