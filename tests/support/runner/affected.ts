/** What each file of the package takes from which others; a path that ends in a slash stands for all that is in there. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** The files of tests that a change of some files touches, those that are fewest files away first. */
export function testsTouchedBy(graph: Graph, changed: readonly string[]): string[] {
  const found = new Set(changed);
  // What is put into a set while it is gone through comes last: the nearest files are found first.
  for (const file of found) for (const user of usersOf(graph, file)) found.add(user);
  return [...found].filter((file) => file.endsWith(".test.ts"));
}

function usersOf(graph: Graph, file: string): string[] {
  return [...graph].filter(([, taken]) => taken.some((path) => isOf(path, file))).map(([user]) => user);
}

function isOf(path: string, file: string): boolean {
  return path === file || (path.endsWith("/") && file.startsWith(path));
}
