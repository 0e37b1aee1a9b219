/** A mount, as NRI has it. */
export interface GateMount {
  /** Where the container has it. */
  readonly destination: string;
  /** Its type, such as "bind". */
  readonly type: string;
  /** What it is of. */
  readonly source: string;
  /** Its options, such as "ro". */
  readonly options: readonly string[];
}

/** How much of a bind is read-only: all, what is mounted below not, or nothing. */
export type WriteProtection = "all" | "itself" | "nothing";

/** Whether a mount shows files of the host: runtimes go by the options, and by the type. */
export function isBind({ type, options }: GateMount): boolean {
  return isBindWord(type) || options.some(isBindWord);
}

/** Whether a bind brings along what is mounted below its source. */
export function isRecursive({ type, options }: GateMount): boolean {
  return type === "rbind" || options.includes("rbind");
}

function isBindWord(word: string): boolean {
  return word === "bind" || word === "rbind";
}

/**
 * What a bind's options keep from being written. The last of "ro" and "rw" wins; the recursive words are set after these, and the last
 * of those wins as well. Where one runtime might take an order of words otherwise than another, it is not protected.
 */
export function writeProtectionOf({ options }: Pick<GateMount, "options">): WriteProtection {
  const last = options.findLast((word) => plain.includes(word) || recursive.includes(word));
  const lastRecursive = options.findLast((word) => recursive.includes(word));
  if (lastRecursive === "rrw" || last === undefined || last === "rw") return "nothing";
  return lastRecursive === "rro" ? "all" : "itself";
}

const plain = ["ro", "rw"];
const recursive = ["rro", "rrw"];
