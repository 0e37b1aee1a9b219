import { computed } from "@preact/signals";
import { getLocation } from "jsonc-parser";
import type { Row } from "../picture/mod.ts";
import type { Place } from "./input/place.ts";
import { placeOf } from "./input/typed-request.ts";
import { rowsOfPicture } from "./picture/rows-by-id.ts";
import { lastGood, selected } from "./state.ts";

/** All rows of the picture that is shown, by their ids. */
export const rowsById = computed<ReadonlyMap<string, Row>>(() => {
  const { picture } = lastGood.value ?? {};
  return picture ? rowsOfPicture(picture) : new Map();
});

/** The ids of rows that a row gets its content from or gives it to, at any distance, with the row itself. */
export const linkedRows = computed<ReadonlySet<string>>(() => linkedWith(selected.value));

/** The row that is looked at: of a curve the one that it leads to. */
export const selectedRow = computed<Row | undefined>(() => {
  const id = selected.value;
  const curve = lastGood.value?.picture.curves.find((one) => one.id === id);
  return rowsById.value.get(curve?.to ?? id ?? "");
});

/** Where in the input the selected row was typed. */
export const shownPlace = computed<Place | undefined>(() => {
  const { requestIndex, requestPath } = selectedRow.value?.details ?? {};
  if (requestIndex === undefined || requestPath === undefined) return undefined;
  const planned = lastGood.value?.drawing.planned[requestIndex];
  return planned && placeOf(planned.typedAt, planned.request, requestPath);
});

function linkedWith(id: string | undefined): ReadonlySet<string> {
  const curves = lastGood.value?.picture.curves ?? [];
  const curve = curves.find((one) => one.id === id);
  const start = curve ? [curve.from, curve.to] : id === undefined ? [] : [id];
  const linked = new Set<string>(start);
  for (const [near, far] of [
    ["to", "from"],
    ["from", "to"],
  ] as const) {
    const next = new Map<string, string[]>();
    for (const one of curves) {
      const there = next.get(one[near]);
      if (there) there.push(one[far]);
      else next.set(one[near], [one[far]]);
    }
    const way = new Set(start);
    for (const one of way) for (const other of next.get(one) ?? []) way.add(other);
    for (const one of way) linked.add(one);
  }
  return linked;
}

/** Selects the row that was typed where a caret is: at the innermost path that a row has. */
export function lookAt(place: PathPlace, text: string, character: number): void {
  const path = pathAt(text, character);
  const planned = lastGood.value?.drawing.planned ?? [];
  let best: { readonly id: string; readonly length: number } | undefined;
  for (const { id, column, details } of rowsById.value.values()) {
    const { requestIndex, requestPath } = details;
    if (column !== "guest" || requestIndex === undefined || requestPath === undefined) continue;
    const one = planned[requestIndex];
    const typed = one && placeOf(one.typedAt, one.request, requestPath);
    if (!typed || !isSameText(typed, place) || !isIn(path, typed.path)) continue;
    if (!best || typed.path.length > best.length) best = { id, length: typed.path.length };
  }
  if (best) selected.value = best.id;
}

type PathPlace = Extract<Place, { readonly path: string }>;

function pathAt(text: string, character: number): string {
  return getLocation(text, character).path.reduce<string>((path, part) => {
    if (typeof part === "number") return `${path}[${part}]`;
    return path === "" ? part : `${path}.${part}`;
  }, "");
}

function isSameText(one: Place, other: PathPlace): one is PathPlace {
  if (one.in !== other.in) return false;
  return !("container" in one) || !("container" in other) || one.container === other.container;
}

function isIn(path: string, around: string): boolean {
  return (
    around !== "" && (path === around || /^[.[]/.test(path.slice(around.length))) && path.startsWith(around)
  );
}
