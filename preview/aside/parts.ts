import type { Column, Curve, Picture, Row } from "../../picture/mod.ts";
import type { Drawn } from "../input/draw.ts";
import type { Outcome } from "../input/outcome.ts";
import type { Mistake } from "../input/place.ts";

/** A part of an outcome, as a worker sends it. */
export type OutcomePart =
  | { readonly rows: readonly Row[] }
  | { readonly curves: readonly Curve[] }
  /** The last one. */
  | { readonly drawn: Drawn }
  | { readonly mistake: Mistake };

// So many rows are read in the time of a frame.
const ROWS_OF_PART = 2_000;

/** The parts of an outcome: a page that reads one after the other answers a key stroke between them. */
export function* partsOf(outcome: Outcome): Generator<OutcomePart> {
  if ("mistake" in outcome) {
    yield outcome;
    return;
  }
  const { drawn, picture } = outcome;
  for (const rows of Object.values(picture.columns))
    for (let at = 0; at < rows.length; at += ROWS_OF_PART) yield { rows: rows.slice(at, at + ROWS_OF_PART) };
  for (let at = 0; at < picture.curves.length; at += ROWS_OF_PART)
    yield { curves: picture.curves.slice(at, at + ROWS_OF_PART) };
  yield { drawn };
}

/** Puts the parts of an outcome together. */
export class OutcomeParts {
  readonly #columns: Record<Column, Row[]> = { host: [], hub: [], guest: [] };
  readonly #curves: Curve[] = [];

  /** Takes the next part; with the last one, it gives the outcome. */
  add(part: OutcomePart): Outcome | undefined {
    if ("mistake" in part) return part;
    if ("rows" in part) for (const row of part.rows) this.#columns[row.column].push(row);
    if ("curves" in part) for (const curve of part.curves) this.#curves.push(curve);
    if (!("drawn" in part)) return undefined;
    const picture: Picture = { columns: this.#columns, curves: this.#curves };
    return { drawn: part.drawn, picture };
  }
}
