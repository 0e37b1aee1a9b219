import type { JSX } from "preact";
import { curveKinds, escaped, type Row, traits } from "../../picture/mod.ts";
import { linkedRows } from "../linking.ts";
import { Steady } from "../parts/steady.ts";
import { changedRows, pointed, selected } from "../state.ts";
import { INDENT } from "./geometry.ts";
import { RowLinks } from "./row-links.tsx";
import type { PlaceInSet } from "./tree-sets.ts";

/** What a row shows. Without objects, so that those of another picture are the same. */
interface RowProps
  extends Pick<Row, "id" | "label" | "path" | "kind" | "depth" | "by" | "traits">,
    PlaceInSet {
  readonly findings: string;
  readonly isTabStop: boolean;
  readonly isSelected: boolean;
  readonly isLinked: boolean;
  readonly isChanged: boolean;
}

interface TreeRowProps extends RowProps {
  /** Whether it stands in a column below another one, with links in the place of curves. */
  readonly isStacked: boolean;
  /** How far it is from the first row, in pixels. */
  readonly top: number;
}

/** What a row shows now. */
export function propsOf(row: Row, set: PlaceInSet | undefined, isTabStop: boolean): RowProps {
  const { id, label, path, kind, depth, by, details } = row;
  return {
    ...{ id, label, path, kind, depth, by, traits: row.traits },
    ...{ size: set?.size ?? 1, position: set?.position ?? 1 },
    findings: details.findings.map(({ code }) => code).join(", "),
    isTabStop,
    isSelected: selected.value === id,
    isLinked: linkedRows.value.has(id),
    isChanged: changedRows.value.has(id),
  };
}

/** A row of a column, with a sign for each thing that holds for it. */
export class TreeRow extends Steady<TreeRowProps> {
  override render(props: TreeRowProps): JSX.Element {
    const { id, label, path, kind, depth, by, findings } = props;
    const marks = [...(by ? [curveKinds[by]] : []), ...props.traits.map((trait) => traits[trait])];
    const meanings = marks.map(({ meaning }) => meaning);
    return (
      <div
        role="treeitem"
        class={classOf(props)}
        data-row={id}
        data-kind={kind}
        aria-level={depth + 1}
        aria-setsize={props.size}
        aria-posinset={props.position}
        aria-selected={props.isSelected}
        aria-label={[escaped(label), ...meanings, findings].filter(Boolean).join(", ")}
        title={`${escaped(path ?? label)}${kind === "container" ? ", a container" : ""}`}
        tabIndex={props.isTabStop ? 0 : -1}
        style={{ top: `${props.top}px`, marginInlineStart: `${depth * INDENT}px` }}
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
        {props.isStacked && <RowLinks id={id} isTabStop={props.isTabStop} />}
      </div>
    );
  }
}

function classOf({ isSelected, isLinked, isChanged, findings, traits: own }: TreeRowProps): string {
  const names = [
    "row",
    isSelected && "selected",
    isLinked && "linked",
    isChanged && "changed",
    findings !== "" && "found",
    own.includes("covered") && "covered",
    own.includes("removed") && "removed",
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
