/** The groups of figures: the first parts of their names. */
export const groups = [
  "core",
  "plan",
  "mounts",
  "apply",
  "unshare",
  "audit",
  "node",
  "cold",
  "cli",
  "copy",
] as const;

export type Group = (typeof groups)[number];

/** What `npm run bench` is asked for. */
export interface Choice {
  readonly groups: readonly Group[];
  readonly isJson: boolean;
}

/**
 * The groups that words name, in the order in which they are measured; all groups if there are no words.
 *
 * @throws {Error} for a word that names no group.
 */
export function choiceOf(words: readonly string[]): Choice {
  const names = words.filter((word) => word !== "--json");
  for (const name of names) {
    if (!groups.some((group) => group === name))
      throw new Error(`Cannot measure "${name}": there is no such group; known are ${groups.join(", ")}`);
  }
  return {
    groups: groups.filter((group) => names.length === 0 || names.includes(group)),
    isJson: words.includes("--json"),
  };
}
