import type { Picture, Row } from "../../picture/mod.ts";

const known = new WeakMap<Picture, ReadonlyMap<string, Row>>();

/** All rows of a picture by their ids. Of one picture they are put together once. */
export function rowsOfPicture(picture: Picture): ReadonlyMap<string, Row> {
  const there = known.get(picture);
  if (there) return there;
  const rows = new Map<string, Row>();
  for (const column of Object.values(picture.columns)) for (const row of column) rows.set(row.id, row);
  known.set(picture, rows);
  return rows;
}
