import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../support/package-root.ts";

/** The names in the table of differences in docs/kata.md. */
export function documentedNames(): string[] {
  const text = readFileSync(join(packageRoot, "docs/kata.md"), "utf8");
  const rows = text.split("\n").filter((line) => line.startsWith("| "));
  return rows.map((row) => row.split("|")[1]?.trim() ?? "").filter((name) => name !== "here");
}
