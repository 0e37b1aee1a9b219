import type { FileStatx } from "../linux/structs.ts";

const MOST_REMEMBERED = 100_000;

/** Knows which files came by another name before. */
export class LinkedFiles {
  readonly #known = new Set<string>();

  /** Whether this is another name of a file that came before. Of too many to remember all may be. */
  isAnother(file: FileStatx): boolean {
    if (file.linkCount < 2) return false;
    const { identity } = file;
    if (this.#known.has(identity)) return true;
    if (this.#known.size >= MOST_REMEMBERED) return true;
    this.#known.add(identity);
    return false;
  }
}
