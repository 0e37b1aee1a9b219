import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { Column, Row } from "../../picture/mod.ts";
import { rowsById } from "../linking.ts";
import { lastGood, pointed, selected } from "../state.ts";
import { endsOf } from "./ends.ts";
import { ROW_HEIGHT, type Sight, STACKED_ROW_HEIGHT } from "./geometry.ts";
import { goTo } from "./go-to.ts";
import { useSightInWindow } from "./sight-in-window.ts";
import { rowAfterKey, TypeAhead } from "./tree-keys.ts";
import { propsOf, TreeRow } from "./tree-row.tsx";
import { placesInSets } from "./tree-sets.ts";

const titles: Readonly<Record<Column, string>> = {
  host: "Host",
  hub: "Hub and view",
  guest: "Guest: VM and containers",
};

interface TreeProps {
  readonly column: Column;
  readonly rows: readonly Row[];
  /** The rows that are drawn; undefined where columns stand below each other, and the page is scrolled. */
  readonly sight: Sight | undefined;
}

/** A column of the picture, with its title. */
export function TreeColumn(props: TreeProps): JSX.Element {
  const { column, rows } = props;
  return (
    <section class="column" data-column={column}>
      <h2>
        {titles[column]} <small>{rows.length}</small>
      </h2>
      {rows.length > 0 ? <Tree {...props} /> : <p class="hint">Nothing</p>}
    </section>
  );
}

/** Rows, each indented below another one. */
function Tree({ column, rows, sight }: TreeProps): JSX.Element {
  const typeAhead = useRef(new TypeAhead());
  const sets = useMemo(() => placesInSets(rows), [rows]);
  const chosen = rows.findIndex(({ id }) => id === selected.value);
  const at = Math.max(0, chosen);
  const go = (event: Event, row: Row | undefined) => {
    if (!row) return;
    event.preventDefault();
    goTo(row);
  };
  const place = useRef<HTMLDivElement>(null);
  const inWindow = useSightInWindow(place, sight === undefined);
  const height = sight ? ROW_HEIGHT : STACKED_ROW_HEIGHT;
  return (
    <div
      class="tree"
      ref={place}
      role="tree"
      aria-label={titles[column]}
      style={{ height: `${rows.length * height}px` }}
      onKeyDown={(event) => go(event, rowFor(event, rows, at, typeAhead.current))}
      onClick={(event) => go(event, rowOf(event))}
      onMouseLeave={() => {
        pointed.value = undefined;
      }}
    >
      {drawnRows(rows, sight ?? inWindow, at).map((row) => (
        <TreeRow
          key={row.id}
          {...propsOf(row, sets[row.at], row.at === at)}
          isStacked={!sight}
          top={row.at * height}
        />
      ))}
    </div>
  );
}

// Those in sight, and the one that has the focus or gets it by Tab.
function drawnRows(rows: readonly Row[], { first, end }: Sight, at: number): Row[] {
  const inSight = rows.slice(first, end);
  const stop = rows[at];
  return stop && (at < first || at >= end) ? [...inSight, stop] : inSight;
}

function rowFor(event: KeyboardEvent, rows: readonly Row[], at: number, typed: TypeAhead): Row | undefined {
  const { key, ctrlKey, altKey, metaKey, timeStamp } = event;
  if (ctrlKey) return followed(rows[at], key);
  if (altKey || metaKey) return undefined;
  const isCharacter = key.length === 1 && key !== "?" && key !== " ";
  return rowAfterKey(rows, at, key) ?? (isCharacter ? typed.rowAfter(rows, at, key, timeStamp) : undefined);
}

// Ctrl and an arrow follow the first curve of a row to its other end.
function followed(row: Row | undefined, key: string): Row | undefined {
  if (!row || !["ArrowLeft", "ArrowRight"].includes(key)) return undefined;
  const { into, out } = endsOf(lastGood.value?.picture, row.id);
  return rowsById.value.get((key === "ArrowRight" ? out[0]?.to : into[0]?.from) ?? "");
}

function rowOf({ target }: Event): Row | undefined {
  const element = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
  return rowsById.value.get(element?.dataset.row ?? "");
}
