import { type Dirent, readdirSync } from "node:fs";
import { resolve } from "node:path";

/** What a path that is being typed can become: each file and directory that begins so. A directory ends with a slash. */
export function pathsLike(typed: string, cwd: string): string[] {
  const cut = typed.lastIndexOf("/") + 1;
  const directory = typed.slice(0, cut);
  const begun = typed.slice(cut);
  return entriesOf(resolve(cwd, directory || "."))
    .filter(({ name }) => name.startsWith(begun) && (begun !== "" || !name.startsWith(".")))
    .filter(({ name }) => isPlain(name))
    .map((entry) => `${directory}${entry.name}${entry.isDirectory() ? "/" : ""}`)
    .sort();
}

/** Whether no shell takes a text for more than a word: bash evaluates what is offered to it. */
export function isPlain(name: string): boolean {
  return /^[\w.+@%,=-]+$/.test(name);
}

// There is nothing to offer in a directory that nobody may read.
function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
