/**
 * The name under which the agent writes a file before it renames it: its last extension is replaced, as Rust's
 * `Path::set_extension("tmp")` does it. A dot in front is no extension.
 */
export function temporaryName(name: string): string {
  const dot = name.lastIndexOf(".");
  return `${dot > 0 ? name.slice(0, dot) : name}.tmp`;
}

/** Whether a name is its own temporary one. */
export function isTemporary(name: string): boolean {
  return name === temporaryName(name);
}

/** Names of a directory that have the same temporary name. */
export interface StemGroup {
  readonly temporary: string;
  /** If one of them is the temporary name itself, it comes at the end: the others destroy the entry that has it. */
  readonly names: readonly string[];
}

/** The groups of a directory's names, in the order of their temporary names. */
export function* stemGroups(names: readonly string[]): Generator<StemGroup> {
  const sorted = names.map((name) => ({ name, temporary: temporaryName(name) })).sort(inOrder);
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    const { temporary } = sorted[from] as Named;
    while (sorted[to]?.temporary === temporary) to += 1;
    yield { temporary, names: sorted.slice(from, to).map(nameOf) };
  }
}

interface Named {
  readonly name: string;
  readonly temporary: string;
}

function nameOf({ name }: Named): string {
  return name;
}

function inOrder(a: Named, b: Named): number {
  if (a.temporary !== b.temporary) return a.temporary < b.temporary ? -1 : 1;
  if (a.name === b.name) return 0;
  if (a.name === a.temporary) return 1;
  return b.name === b.temporary || a.name < b.name ? -1 : 1;
}
