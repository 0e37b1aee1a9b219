import type { Row } from "../../picture/mod.ts";

/** Where a row stands among those with the same row above them. */
export interface PlaceInSet {
  readonly size: number;
  /** From 1. */
  readonly position: number;
}

/** For each row of a column its place among its siblings, which a screen reader says though few rows are drawn. */
export function placesInSets(rows: readonly Row[]): PlaceInSet[] {
  const open: { readonly depth: number; readonly members: number[] }[] = [];
  const sets: (readonly number[])[] = [];
  for (const [at, { depth }] of rows.entries()) {
    while (open.length > 0 && (open.at(-1)?.depth ?? 0) > depth) open.pop();
    let set = open.at(-1);
    if (set?.depth !== depth) {
      set = { depth, members: [] };
      open.push(set);
    }
    set.members.push(at);
    sets.push(set.members);
  }
  const position = new Map<number, number>();
  for (const members of new Set(sets))
    for (const [index, at] of members.entries()) position.set(at, index + 1);
  return sets.map((members, at) => ({ size: members.length, position: position.get(at) ?? 1 }));
}
