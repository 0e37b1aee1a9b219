import type { JSX } from "preact";
import { curveKinds, escaped, type Row, traits } from "../../picture/mod.ts";
import { linkedRows } from "../linking.ts";
import { changedRows, pointed, selected } from "../state.ts";
import { INDENT, ROW_HEIGHT } from "./geometry.ts";
import type { PlaceInSet } from "./tree-sets.ts";

interface TreeRowProps {
  readonly row: Row;
  readonly set: PlaceInSet | undefined;
  readonly isTabStop: boolean;
}

/** A row of a column, with a sign for each thing that holds for it. */
export function TreeRow({ row, set, isTabStop }: TreeRowProps): JSX.Element {
  const { id, label, depth, by, details } = row;
  const marks = [...(by ? [curveKinds[by]] : []), ...row.traits.map((trait) => traits[trait])];
  const findings = details.findings.map(({ code }) => code).join(", ");
  const meanings = marks.map(({ meaning }) => meaning);
  return (
    <div
      role="treeitem"
      class={classOf(row)}
      data-row={id}
      data-kind={row.kind}
      aria-level={depth + 1}
      aria-setsize={set?.size ?? 1}
      aria-posinset={set?.position ?? 1}
      aria-selected={selected.value === id}
      aria-label={[escaped(label), ...meanings, findings].filter(Boolean).join(", ")}
      title={escaped(row.path ?? label)}
      tabIndex={isTabStop ? 0 : -1}
      style={{ top: `${row.at * ROW_HEIGHT}px`, marginInlineStart: `${depth * INDENT}px` }}
      onFocus={() => {
        selected.value = id;
      }}
      onMouseEnter={() => {
        pointed.value = id;
      }}
    >
      <Label text={escaped(label)} />
      {findings && <b class="finding-mark" data-sign="!" />}
      {marks.length > 0 && (
        <span class="marks">
          {marks.map(({ sign }) => (
            <b key={sign} data-sign={sign} />
          ))}
        </span>
      )}
    </div>
  );
}

function classOf({ id, details, traits: own }: Row): string {
  const names = [
    "row",
    selected.value === id && "selected",
    linkedRows.value.has(id) && "linked",
    changedRows.value.has(id) && "changed",
    details.findings.length > 0 && "found",
    own.includes("covered") && "covered",
  ];
  return names.filter(Boolean).join(" ");
}

// So much of a name's end is kept where the name has no room: there names differ.
const END = 10;

function Label({ text }: { readonly text: string }): JSX.Element {
  const cut = text.length > 2 * END ? text.length - END : text.length;
  return (
    <span class="label">
      <span class="label-start">{text.slice(0, cut)}</span>
      <span>{text.slice(cut)}</span>
    </span>
  );
}
