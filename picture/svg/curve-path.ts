/** A point of a drawing. */
export interface Point {
  /** From the left. */
  readonly x: number;
  /** From the top. */
  readonly y: number;
}

/** The path of a curve from one point to another to its right, level at both ends, as SVG's attribute `d` has it. */
export function curvePath(from: Point, to: Point): string {
  const bend = Math.max(24, (to.x - from.x) / 2);
  return pathOf(from, { x: from.x + bend, y: from.y }, { x: to.x - bend, y: to.y }, to);
}

/** The path of a curve between two points that comes to both from the right, as far as `x`. */
export function loopPath(from: Point, to: Point, x: number): string {
  return pathOf(from, { x, y: from.y }, { x, y: to.y }, to);
}

function pathOf(from: Point, ...points: readonly Point[]): string {
  return `M${pair(from)} C${points.map(pair).join(" ")}`;
}

// A tenth of a pixel is enough, and the same everywhere.
function pair({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
