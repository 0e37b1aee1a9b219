import type { UnknownPlace } from "./host-place.ts";
import type { LookDeadline } from "./look-deadline.ts";

/** The most names of a path, with those of its links: the kernel goes through all that are before each one. */
export const MOST_NAMES_OF_A_PATH = 256;
/** The most names of some paths together, with those of their links. */
export const MOST_NAMES = 20_000;

const tooMuch: UnknownPlace = { unknown: "there is too much to look at" };

/** How far some walks may go together: a number of names, and a time. */
export class WalkBudget {
  readonly #deadline: LookDeadline | undefined;
  #names = MOST_NAMES;

  /** Until a deadline, if there is one. */
  constructor(deadline?: LookDeadline) {
    this.#deadline = deadline;
  }

  /** Takes a name of it; gives why there is none left. */
  spend(): UnknownPlace | undefined {
    if (this.#names === 0) return tooMuch;
    this.#names -= 1;
    return this.#deadline?.unknown;
  }
}

/** Why some paths are not looked at, of which each has too many names, or all before it and itself have. */
export function pathsTooLong(paths: readonly string[]): Map<string, UnknownPlace> {
  const found = new Map<string, UnknownPlace>();
  let left = MOST_NAMES;
  for (const path of paths) {
    const names = path.split("/", left + 2).length - 1;
    if (names > MOST_NAMES_OF_A_PATH) found.set(path, { unknown: "it has too many names" });
    else if (names > left) found.set(path, tooMuch);
    else left -= names;
  }
  return found;
}
