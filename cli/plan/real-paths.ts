import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Plan } from "../../mod.ts";

/** What the mount table calls the sources and directories of plans: it has paths without links. */
export function realPathsOf(plans: readonly Plan[]): Record<string, string> {
  const sources = plans.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.op === "bind" ? [step.source] : [])),
  );
  return Object.fromEntries([
    ...sources.map((path) => [path, realPathOf(path)]),
    ...plans.map(({ directory }) => [directory, realDirectory(directory)]),
  ]);
}

/** The same of a sandbox's directory, which need not be there yet. */
export function realDirectory(directory: string): string {
  return join(realPathOf(dirname(directory)), basename(directory));
}

/** A path without links. What is missing, or not to be reached, has no other path. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
