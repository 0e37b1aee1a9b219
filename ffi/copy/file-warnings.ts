import type { FileStatx } from "../linux/structs.ts";
import type { Ledger } from "./ledger.ts";

const MOST_REMEMBERED = 100_000;
// A smaller one may be the filesystem's way to store small files.
const LEAST_HOLE = 4096;

/** Notes which properties of files do not arrive in the guest. */
export class FileWarnings {
  readonly #ledger: Ledger;
  /** The files with several names that were copied. */
  readonly #linked = new Set<string>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Notes them of a file that was copied. */
  note(path: string, file: FileStatx): void {
    if (this.#wasCopied(file)) this.#ledger.warn(path, "hard-link");
    if (file.size - file.diskBytes >= LEAST_HOLE) this.#ledger.warn(path, "holes");
    if (losesBits(file)) this.#ledger.warn(path, "mode-bits");
  }

  // Whether the file was copied under another name. If there are too many to remember, each of the others may have been.
  #wasCopied(file: FileStatx): boolean {
    if (file.linkCount < 2) return false;
    const { identity } = file;
    if (this.#linked.has(identity)) return true;
    if (this.#linked.size >= MOST_REMEMBERED) return true;
    this.#linked.add(identity);
    return false;
  }
}

// The agent changes the mode and then the owner, and on that Linux removes the set-user-id bit, from root's files too. It
// removes the set-group-id bit only if the group may execute the file.
function losesBits({ mode }: FileStatx): boolean {
  return (mode & 0o4000) !== 0 || (mode & 0o2010) === 0o2010;
}
