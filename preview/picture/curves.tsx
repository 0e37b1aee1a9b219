import type { JSX } from "preact";
import { type Curve, curveKinds, type Picture, type Row, traits } from "../../picture/mod.ts";
import { linkedRows } from "../linking.ts";
import { Steady } from "../parts/steady.ts";
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
        <CurvePath key={one.curve.id} {...propsOf(one)} />
      ))}
    </svg>
  );
}

/** What a curve shows. Without objects, so that those of another picture are the same. */
interface CurveProps extends Pick<Curve, "id" | "kind" | "traits">, Pick<DrawnCurve, "path" | "x" | "y"> {
  readonly isLinked: boolean;
  readonly isPointed: boolean;
  readonly isSelected: boolean;
}

function propsOf({ curve, path, x, y }: DrawnCurve): CurveProps {
  const { id, from, to, kind } = curve;
  return {
    ...{ id, kind, traits: curve.traits, path, x, y },
    isLinked: linkedRows.value.has(from) && linkedRows.value.has(to),
    isPointed: [from, to, id].includes(pointed.value ?? ""),
    isSelected: selected.value === id,
  };
}

class CurvePath extends Steady<CurveProps> {
  override render(props: CurveProps): JSX.Element {
    const { id, kind, path, x, y, isLinked, isPointed } = props;
    const meanings = [curveKinds[kind], ...props.traits.map((trait) => traits[trait])];
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard reaches the same in the panel.
      <g
        class={classOf(props)}
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
}

function classOf({ kind, traits: own, isLinked, isPointed, isSelected }: CurveProps): string {
  const names = [
    `curve curve-${kind}`,
    own.includes("read-write") && "writable",
    own.includes("covered") && "covered",
    isLinked && "linked",
    isPointed && "pointed",
    isSelected && "selected",
  ];
  return names.filter(Boolean).join(" ");
}
