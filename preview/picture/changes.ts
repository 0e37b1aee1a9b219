import type { Picture, Row } from "../../picture/mod.ts";

/** The ids of the rows that a picture has and an earlier one had not, or had otherwise. Of another picture altogether: none. */
export function changesOf(before: Picture, after: Picture): ReadonlySet<string> {
  const known = new Map(rowsOf(before).map((row) => [row.id, signatureOf(row)]));
  const rows = rowsOf(after);
  const changed = rows.filter((row) => known.get(row.id) !== signatureOf(row));
  return new Set(changed.length === rows.length ? [] : changed.map(({ id }) => id));
}

function rowsOf({ columns }: Picture): Row[] {
  return Object.values(columns).flat();
}

function signatureOf({ label, by, traits, details }: Row): string {
  return JSON.stringify([label, by, traits, details.rule?.kind, details.guestMount]);
}
