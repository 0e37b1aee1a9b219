import { curveKinds, traits } from "../marks.ts";
import type { Column, Curve, Picture, Row } from "../picture.ts";
import { curvePath, loopPath } from "./curve-path.ts";
import { fitted, xmlText } from "./fitted-text.ts";
import { leftOf, type PlacedRow, placedRows, sizes } from "./places.ts";
import { legend } from "./signs.ts";
import { style } from "./style.ts";

/** What an SVG says of itself. */
export interface SvgOptions {
  /** Its title. Default: "Storage layout". */
  readonly title?: string | undefined;
}

const headings: Readonly<Record<Column, string>> = {
  host: "Host: sources",
  hub: "Host: hub and view",
  guest: "Guest: what containers see",
};

const MOST_OF_A_TITLE = 600;

/**
 * A picture as SVG, with texts as text: names of others are shown as they are, and what could deceive a reader as numbers. It needs
 * no other file, and has no script.
 *
 * @example
 * ```ts
 * import { loadSync } from "guestshare";
 * import { pictureOfPlans, svgOf } from "guestshare/picture";
 *
 * const request = Object.freeze({ op: "prepare", sandbox: { id: "pod" } });
 * const svg = svgOf(pictureOfPlans([{ request, plan: loadSync().plan(request) }]), { title: "A pod" });
 * console.log(svg.includes("<title>A pod</title>")); // true
 * ```
 */
export function svgOf(picture: Picture, { title = "Storage layout" }: SvgOptions = {}): string {
  const rows = placedRows(picture);
  const byId = new Map(rows.map((row) => [row.row.id, row]));
  const longest = Math.max(...Object.values(picture.columns).map(({ length }) => length));
  const legendTop = sizes.heading + (longest + 1) * sizes.row;
  const width = leftOf("guest") + sizes.column + sizes.gap / 2 + sizes.margin;
  const height = legendTop + Math.max(...legend.map(({ length }) => length)) * sizes.row + sizes.margin;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${xmlText(title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...Object.entries(headings).map(([column, text]) =>
      textAt("heading", leftOf(column as Column), 22, text),
    ),
    ...picture.curves.map((curve) => curveElement(curve, byId)),
    ...rows.map(rowElement),
    ...legend.flatMap((texts, column) => legendElements(texts, column, legendTop)),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

function curveElement(
  { from, to, kind, traits: ofCurve }: Curve,
  rows: ReadonlyMap<string, PlacedRow>,
): string {
  const [begin, end] = [rows.get(from), rows.get(to)];
  if (!begin || !end) return "";
  const start = { x: begin.right + 4, y: begin.y };
  const isLoop = begin.row.column === end.row.column;
  const path = isLoop
    ? loopPath(start, { x: end.right + 4, y: end.y }, leftOf(end.row.column) + sizes.column + sizes.gap / 2)
    : curvePath(start, { x: end.left - 8 - end.signs.length * sizes.letter, y: end.y });
  const classes = ofCurve.includes("covered") ? `${kind} covered` : kind;
  return `<path class="${classes}" d="${path}"><title>${xmlText(curveKinds[kind].meaning)}</title></path>`;
}

function rowElement({ row, text, signs, left, y }: PlacedRow): string {
  const wrong = row.details.findings.length > 0 ? " wrong" : "";
  const gone = row.traits.includes("covered") || row.traits.includes("removed");
  const covered = gone ? " covered" : "";
  const title = `<title>${xmlText(fitted(titleOf(row), MOST_OF_A_TITLE))}</title>`;
  const sign =
    signs === ""
      ? ""
      : `<text class="signs${wrong}" x="${rounded(left - 6)}" y="${y}" text-anchor="end">${signs}</text>`;
  return `<g class="row">${title}${sign}${textAt(`${row.kind}${wrong}${covered}`, left, y, text)}</g>`;
}

// What is said where a pointer rests.
function titleOf({ label, path, by, traits: ofRow, details }: Row): string {
  const said = [by && curveKinds[by].meaning, ...ofRow.map((trait) => traits[trait].meaning)];
  return [
    path ?? label,
    ...said.filter((one) => one !== undefined),
    ...[details.rule?.sentence ?? details.why].filter((one) => one !== undefined),
    ...details.findings.map(({ code, why }) => `${code}: ${why}`),
  ].join("; ");
}

function legendElements(texts: readonly string[], column: number, top: number): string[] {
  const left = leftOf(column === 0 ? "host" : "hub");
  return texts.map((text, at) => textAt("legend", left, top + at * sizes.row, text));
}

function textAt(classes: string, x: number, y: number, text: string): string {
  return `<text class="${classes}" x="${rounded(x)}" y="${y}">${xmlText(text)}</text>`;
}

function rounded(x: number): number {
  return Math.round(x * 10) / 10;
}
