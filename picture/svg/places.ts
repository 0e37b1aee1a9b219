import type { Column, Picture, Row } from "../picture.ts";
import { fitted, widthOf } from "./fitted-text.ts";
import { signsOf } from "./signs.ts";

/** Sizes in user units, which are pixels unless the picture is scaled. */
export const sizes = {
  row: 22,
  letter: 7.8,
  column: 400,
  gap: 110,
  margin: 20,
  heading: 46,
  indent: 14,
  /** How many letters of marks stand left of a label. */
  marks: 5,
  /** Rows that are indented further stand where these do. */
  mostIndented: 12,
} as const;

const columns: readonly Column[] = ["host", "hub", "guest"];

/** The left edge of a column. */
export function leftOf(column: Column): number {
  return sizes.margin + columns.indexOf(column) * (sizes.column + sizes.gap);
}

/** A row with its place. */
export interface PlacedRow {
  readonly row: Row;
  /** Its label, as far as it fits. */
  readonly text: string;
  readonly signs: string;
  /** Where the label begins and ends, and its middle line. */
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** The rows with their places, in order. */
export function placedRows({ columns: { host, hub, guest } }: Picture): PlacedRow[] {
  return [...host, ...hub, ...guest].map(placed);
}

function placed(row: Row): PlacedRow {
  const indented = Math.min(row.depth, sizes.mostIndented) * sizes.indent;
  const left = leftOf(row.column) + sizes.marks * sizes.letter + indented;
  const room = Math.floor((leftOf(row.column) + sizes.column - left) / sizes.letter);
  const text = fitted(row.label, room);
  const right = left + widthOf(text) * sizes.letter;
  return { row, text, signs: signsOf(row), left, right, y: sizes.heading + (row.at + 0.5) * sizes.row };
}
