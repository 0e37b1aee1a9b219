import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/**
 * A directory's tree as text: a line for each name, the first line of each file, and where links lead. Hidden names, such as the
 * notes in a hub, are left out; those of a volume begin with two dots.
 */
export function treeOf(directory: string, indent = "  "): string {
  const all = readdirSync(directory, { withFileTypes: true });
  const entries = all.filter(({ name }) => !/^\.[^.]/.test(name));
  entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  return entries
    .map((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return `${indent}${entry.name}/\n${treeOf(path, `${indent}  `)}`;
      if (entry.isSymbolicLink()) return `${indent}${entry.name} -> ${readlinkSync(path)}`;
      return `${indent}${entry.name}: ${firstLine(path)}`;
    })
    .join("\n");
}

function firstLine(path: string): string {
  return readFileSync(path, "utf8").split("\n")[0] ?? "";
}
