import { readFileSync, readlinkSync } from "node:fs";

/** A file's text; undefined where it cannot be read. */
export function fileText(path: string): string | undefined {
  return unlessFailed(() => readFileSync(path, "utf8"));
}

/** Where a link leads to; undefined where it cannot be read. */
export function linkTarget(path: string): string | undefined {
  return unlessFailed(() => readlinkSync(path));
}

function unlessFailed<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
