import type { OciMount } from "../../mod.ts";
import type { Picture, Row } from "../../picture/mod.ts";
import { rowsOfPicture } from "./rows-by-id.ts";

/** The ids of the rows that a picture has and an earlier one had not, or had otherwise. Of another picture altogether: none. */
export function changesOf(before: Picture, after: Picture): ReadonlySet<string> {
  const known = rowsOfPicture(before);
  const rows = rowsOfPicture(after);
  const changed = new Set<string>();
  for (const [id, row] of rows) {
    const old = known.get(id);
    if (!old || !isSame(old, row)) changed.add(id);
  }
  return changed.size === rows.size ? new Set() : changed;
}

function isSame(one: Row, other: Row): boolean {
  return (
    one.label === other.label &&
    one.by === other.by &&
    one.details.rule?.kind === other.details.rule?.kind &&
    areSame(one.traits, other.traits) &&
    isSameMount(one.details.guestMount, other.details.guestMount)
  );
}

// Its destination is the row's.
function isSameMount(one: OciMount | undefined, other: OciMount | undefined): boolean {
  if (!one || !other) return one === other;
  return one.source === other.source && one.type === other.type && areSame(one.options, other.options);
}

function areSame(one: readonly string[] = [], other: readonly string[] = []): boolean {
  return one === other || (one.length === other.length && one.every((text, at) => text === other[at]));
}
