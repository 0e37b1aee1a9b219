import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A directory's tree as text: a line for each name, and the first line of each file. */
export function treeOf(directory: string, indent = "  "): string {
  const entries = readdirSync(directory, { withFileTypes: true });
  entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  return entries
    .map((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return `${indent}${entry.name}/\n${treeOf(path, `${indent}  `)}`;
      return `${indent}${entry.name}: ${firstLine(path)}`;
    })
    .join("\n");
}

function firstLine(path: string): string {
  return readFileSync(path, "utf8").split("\n")[0] ?? "";
}
