import { NydusdError } from "./error.ts";
import type { Answer } from "./http.ts";

/** The daemon's information about itself. */
export interface DaemonInfo {
  readonly state: string;
  /** The type of each filesystem by its mountpoint; undefined where nydusd has no list. */
  readonly types: ReadonlyMap<string, string> | undefined;
}

/** The information in an answer; undefined where the answer has none. */
export function daemonInfoOf({ body }: Answer): DaemonInfo | undefined {
  const info = jsonOf(body);
  if (!isRecord(info) || typeof info.state !== "string") return undefined;
  const list = info.backend_collection;
  return { state: info.state, types: isRecord(list) ? typesIn(list) : undefined };
}

function typesIn(list: Readonly<Record<string, unknown>>): Map<string, string> {
  const types = new Map<string, string>();
  for (const [mountpoint, entry] of Object.entries(list))
    types.set(mountpoint, isRecord(entry) ? String(entry.backend_type) : "");
  return types;
}

/** nydusd's code and explanation. An answer that is not nydusd's JSON is the explanation itself. */
export function refusalOf({ body }: Answer): { code: string; reason: string } {
  const refusal = jsonOf(body);
  if (isRecord(refusal) && typeof refusal.message === "string")
    return { code: typeof refusal.code === "string" ? refusal.code : "", reason: refusal.message };
  return { code: "", reason: body.trim() === "" ? "no explanation" : body };
}

// nydusd has no codes of its own, but prints the names of its errors: a word before 2.2, a sentence since.

/** Whether a mount was refused because a filesystem is mounted there. */
export function isAlreadyThere(error: unknown): boolean {
  return isOther(error, /^(?:AlreadyExists|object or filesystem already exists)$/);
}

/** Whether an unmount was refused because nothing is mounted there. */
export function isNotThere(error: unknown): boolean {
  return isOther(error, /^(?:NotFound|object or filesystem doesn't exist)$/);
}

// Such as `Mount(MountFilesystem(Other("NotFound")))`. In a longer text the same words are about something else.
function isOther(error: unknown, words: RegExp): boolean {
  if (!(error instanceof NydusdError) || error.status !== 500) return false;
  const [, other = ""] = /^\w+\(\w+\(Other\("([^"\\]*)"\)\)\)$/.exec(error.reason) ?? [];
  return words.test(other);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
