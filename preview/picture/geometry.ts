import {
  type Column,
  type Curve,
  curvePath,
  loopPath,
  type Picture,
  type Point,
  type Row,
} from "../../picture/mod.ts";

/** How high a row is, in pixels. */
export const ROW_HEIGHT = 28;

/** How high a row is where columns stand below each other: its links have a line of their own. */
export const STACKED_ROW_HEIGHT = 54;

/** How far a row is indented below the one above it. */
export const INDENT = 13;

/** The columns from left to right. */
export const columnNames: readonly Column[] = ["host", "hub", "guest"];

/** Where columns stand, in pixels. */
export interface ColumnPlaces {
  readonly width: number;
  readonly gap: number;
}

/** Three columns of one width, and the room for curves between them. */
export function placesIn(width: number): ColumnPlaces {
  const gap = Math.max(40, Math.min(140, width * 0.07));
  return { gap, width: Math.max(0, (width - 2 * gap) / 3) };
}

/** The rows of a column that are in sight, with some above and below. */
export interface Sight {
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
}

/** A curve as SVG draws it. */
export interface DrawnCurve {
  readonly curve: Curve;
  readonly path: string;
  /** Where its mark stands. */
  readonly x: number;
  readonly y: number;
}

/** The curves that begin or end in sight, as paths between the rows' edges. */
export function drawnCurves(
  { curves }: Picture,
  rows: ReadonlyMap<string, Row>,
  { width, gap }: ColumnPlaces,
  { first, end }: Sight,
): DrawnCurve[] {
  const columnAt = ({ column }: Row) => columnNames.indexOf(column) * (width + gap);
  const left = (row: Row) => columnAt(row) + row.depth * INDENT;
  const isInSight = ({ at }: Row) => at >= first && at < end;
  return curves.flatMap((curve) => {
    const from = rows.get(curve.from);
    const to = rows.get(curve.to);
    if (!from || !to || !(isInSight(from) || isInSight(to))) return [];
    const middle = (row: Row) => (row.at + 0.5) * ROW_HEIGHT - 2;
    const target: Point = { x: left(to), y: middle(to) };
    if (from.column === to.column) return [loop(curve, { x: left(from), y: middle(from) }, target)];
    return [across(curve, { x: columnAt(from) + width, y: middle(from) }, target)];
  });
}

// Rows of one column are joined at their left edges.
function loop(curve: Curve, from: Point, to: Point): DrawnCurve {
  const x = Math.min(from.x, to.x) - 22;
  return { curve, path: loopPath(from, to, x), x: x + 6, y: (from.y + to.y) / 2 };
}

function across(curve: Curve, from: Point, to: Point): DrawnCurve {
  return { curve, path: curvePath(from, to), x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}
