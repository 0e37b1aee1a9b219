import type { JSX } from "preact";
import { type Curve, curveKinds, escaped } from "../../picture/mod.ts";
import { rowsById } from "../linking.ts";
import { lastGood } from "../state.ts";
import { endsOf } from "./ends.ts";
import { goTo } from "./go-to.ts";

interface RowLinksProps {
  readonly id: string;
  readonly isTabStop: boolean;
}

// As many have room in a row of a phone. The panel has all.
const MOST_LINKS = 2;

/** Where a row comes from and goes to, as links, where there is no room for curves. */
export function RowLinks({ id, isTabStop }: RowLinksProps): JSX.Element | null {
  const { into, out } = endsOf(lastGood.value?.picture, id);
  if (into.length + out.length === 0) return null;
  return (
    <span class="row-links">
      <Links curves={into} end="from" isTabStop={isTabStop} />
      <Links curves={out} end="to" isTabStop={isTabStop} />
    </span>
  );
}

interface LinksProps {
  readonly curves: readonly Curve[];
  readonly end: "from" | "to";
  readonly isTabStop: boolean;
}

function Links({ curves, end, isTabStop }: LinksProps): JSX.Element {
  return (
    <>
      {curves.slice(0, MOST_LINKS).map((curve) => {
        const row = rowsById.value.get(curve[end]);
        const name = escaped(row?.label ?? "");
        const { sign, meaning } = curveKinds[curve.kind];
        return (
          <button
            key={curve.id}
            type="button"
            tabIndex={isTabStop ? 0 : -1}
            aria-label={`${end} ${name}, ${meaning}`}
            data-text={`${end === "from" ? "←" : "→"} ${sign} ${name}`}
            onClick={(event) => {
              event.stopPropagation();
              goTo(row);
            }}
          />
        );
      })}
      {curves.length > MOST_LINKS && <small data-text={`+${curves.length - MOST_LINKS}`} />}
    </>
  );
}
