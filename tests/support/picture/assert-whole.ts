import assert from "node:assert/strict";
import type { Picture } from "../../../picture/mod.ts";
import { rowsOf } from "./lines.ts";

/** Asserts what holds for any picture: places without gaps, trees, ids that are unique, and curves between rows that there are. */
export function assertWhole(picture: Picture): void {
  for (const [column, rows] of Object.entries(picture.columns)) {
    let above = -1;
    for (const [at, row] of rows.entries()) {
      assert.deepEqual([row.column, row.at], [column, at]);
      assert.ok(
        row.depth >= 0 && row.depth <= above + 1,
        `${row.label} is indented by ${row.depth} below ${above}`,
      );
      above = row.depth;
    }
  }
  const rows = rowsOf(picture);
  const ids = new Set([...rows, ...picture.curves].map(({ id }) => id));
  assert.equal(ids.size, rows.length + picture.curves.length);
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const { from, to, kind } of picture.curves) {
    assert.ok(byId.has(from), from);
    assert.ok(byId.get(to)?.by !== undefined, `${to} has its content by nothing, and ${kind} from ${from}`);
  }
}
