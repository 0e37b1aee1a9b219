import type { JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Picture, Row } from "../../picture/mod.ts";
import { rowsById, selectedRow } from "../linking.ts";
import { isStale } from "../state.ts";
import { Curves } from "./curves.tsx";
import { columnNames, placesIn, ROW_HEIGHT, type Sight, STACKED_ROW_HEIGHT } from "./geometry.ts";
import { TreeColumn } from "./tree.tsx";

// Narrower than this, columns stand below each other, with links in the place of curves.
const STACKED_BELOW = 560;

// So many rows are drawn beyond those in sight.
const BEYOND = 8;

// The room above the first row, for the titles.
const TITLE_HEIGHT = 36;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The picture: three columns of rows, and the curves between them. Only what is in sight is drawn. */
export function PictureView({ picture }: { readonly picture: Picture }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const [top, setTop] = useState(0);
  const isStacked = size.width < STACKED_BELOW;
  const places = placesIn(size.width - 24);
  const sight = sightOf(top, size.height);
  const chosen = selectedRow.value;
  useEffect(() => {
    if (chosen && isStacked) scrollPageTo(chosen);
    else if (chosen) box.current?.scrollTo({ top: scrollFor(chosen.at, top, size.height) });
  }, [chosen?.id]);
  return (
    <div
      class={`picture${isStacked ? " stacked" : ""}${isStale.value ? " stale" : ""}`}
      ref={box}
      style={{ "--gap": `${places.gap}px` }}
      onScroll={() => setTop(box.current?.scrollTop ?? 0)}
    >
      <div class="columns">
        {!isStacked && <Curves picture={picture} rows={rowsById.value} places={places} sight={sight} />}
        {columnNames.map((column) => (
          <TreeColumn
            key={column}
            column={column}
            rows={picture.columns[column]}
            sight={isStacked ? undefined : sight}
          />
        ))}
      </div>
    </div>
  );
}

function useSize(box: RefObject<HTMLDivElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 600 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return size;
}

function sightOf(top: number, height: number): Sight {
  const first = Math.max(0, Math.floor((top - TITLE_HEIGHT) / ROW_HEIGHT) - BEYOND);
  return { first, end: first + Math.ceil(height / ROW_HEIGHT) + 2 * BEYOND };
}

// If it is out of sight.
function scrollPageTo({ column, at }: Row): void {
  const tree = document.querySelector(`[data-column="${column}"] .tree`);
  if (!tree) return;
  const top = tree.getBoundingClientRect().top + at * STACKED_ROW_HEIGHT;
  if (top < TITLE_HEIGHT || top > innerHeight - 2 * STACKED_ROW_HEIGHT) scrollBy(0, top - innerHeight / 3);
}

// No further than needed.
function scrollFor(at: number, top: number, height: number): number {
  const above = at * ROW_HEIGHT;
  const below = TITLE_HEIGHT + (at + 2) * ROW_HEIGHT - height;
  return Math.max(below, Math.min(above, top));
}
