import type { JSX } from "preact";
import { type Curve, curveKinds, type Picture, type Row, traits } from "../../picture/mod.ts";
import { linkedRows } from "../linking.ts";
import { pointed, selected } from "../state.ts";
import { type ColumnPlaces, type DrawnCurve, drawnCurves, type Sight } from "./geometry.ts";

interface CurvesProps {
  readonly picture: Picture;
  readonly rows: ReadonlyMap<string, Row>;
  readonly places: ColumnPlaces;
  readonly sight: Sight;
}

/** The curves between rows. For a mouse: what they say, rows and the panel say as well. */
export function Curves({ picture, rows, places, sight }: CurvesProps): JSX.Element {
  const drawn = drawnCurves(picture, rows, places, sight);
  return (
    <svg class="curves" aria-hidden="true">
      {drawn.map((one) => (
        <CurvePath key={one.curve.id} {...one} />
      ))}
    </svg>
  );
}

function CurvePath({ curve, path, x, y }: DrawnCurve): JSX.Element {
  const { id, from, to, kind } = curve;
  const isLinked = linkedRows.value.has(from) && linkedRows.value.has(to);
  const isPointed = pointed.value === from || pointed.value === to || pointed.value === id;
  const meanings = [curveKinds[kind], ...curve.traits.map((trait) => traits[trait])];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard reaches the same in the panel.
    <g
      class={classOf(curve, isLinked, isPointed)}
      onClick={() => {
        selected.value = id;
      }}
      onMouseEnter={() => {
        pointed.value = id;
      }}
      onMouseLeave={() => {
        pointed.value = undefined;
      }}
    >
      <title>{meanings.map(({ meaning }) => meaning).join(", ")}</title>
      <path class="reach" d={path} />
      <path class="line" d={path} />
      {(isLinked || isPointed) && (
        <>
          <circle cx={x} cy={y} r="9" />
          <text x={x} y={y}>
            {curveKinds[kind].sign}
          </text>
        </>
      )}
    </g>
  );
}

function classOf({ id, kind, traits: own }: Curve, isLinked: boolean, isPointed: boolean): string {
  const names = [
    `curve curve-${kind}`,
    own.includes("read-write") && "writable",
    own.includes("covered") && "covered",
    isLinked && "linked",
    isPointed && "pointed",
    selected.value === id && "selected",
  ];
  return names.filter(Boolean).join(" ");
}
