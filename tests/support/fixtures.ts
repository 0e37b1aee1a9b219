import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "./package-root.ts";
import type { Row } from "./rows.ts";

/** Where the rows are. */
export const fixtureDirectory: string = join(packageRoot, "tests/fixtures");

/** The files of rows, in order. */
export const fixtureFiles: readonly string[] = readdirSync(fixtureDirectory)
  .filter((name) => name.endsWith(".json"))
  .sort();

/** The rows of a file, with the texts between them, which are headings. */
export function readRows(file: string): readonly (string | Row)[] {
  return JSON.parse(readFileSync(join(fixtureDirectory, file), "utf8")) as (string | Row)[];
}

/** The one SHA-256 that the answers to all rows have, on every runtime. */
export function committedDigest(): string {
  return readFileSync(join(fixtureDirectory, "digest.txt"), "utf8").trim();
}
