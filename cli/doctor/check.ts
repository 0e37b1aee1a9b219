/** Something of this machine that was looked at. */
export interface Check {
  /** What was looked at, such as "kernel". */
  readonly name: string;
  /** "bad" if files cannot be shared for it, "note" if something less works. */
  readonly state: "ok" | "note" | "bad";
  readonly found: string;
  /** What to do about it. */
  readonly next?: string;
}

/** A check that found nothing to do. */
export function ok(name: string, found: string): Check {
  return { name, state: "ok", found };
}

/** A check that found something without which files are shared all the same. */
export function note(name: string, found: string, next: string): Check {
  return { name, state: "note", found, next };
}

/** A check that found something for which files cannot be shared. */
export function bad(name: string, found: string, next: string): Check {
  return { name, state: "bad", found, next };
}
