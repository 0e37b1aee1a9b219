import type { JSX } from "preact";
import { curveKinds, type Mark, traits } from "../picture/mod.ts";
import { pictureWords } from "./parts/words.ts";

/** What the marks of rows and curves stand for. */
export function Legend(): JSX.Element {
  return (
    <details class="legend">
      <summary>What the marks mean</summary>
      <Marks title="How content gets there" marks={curveKinds} hasLines />
      <Marks title="What holds for it" marks={traits} />
      <dl aria-label="Columns, lines and rows">
        {others.map(([name, meaning]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

const others = [
  ...pictureWords.slice(0, 2),
  ["thick line", "the guest may write"],
  ["thin line", "read-only"],
  ["letter on a line", "of the selected row"],
  ["bar at a row", "your last change made or changed it"],
] as const;

interface MarksProps {
  readonly title: string;
  readonly marks: Readonly<Record<string, Mark>>;
  /** Whether the marks are of lines, of which each is drawn. */
  readonly hasLines?: boolean;
}

function Marks({ title, marks, hasLines }: MarksProps): JSX.Element {
  return (
    <dl aria-label={title}>
      {Object.entries(marks).map(([name, { sign, meaning }]) => (
        <div key={name} data-mark={name}>
          <dt>
            <b>{sign}</b> {name}{" "}
            {hasLines && (
              <svg class={`sample curve-${name}`} aria-hidden="true">
                <path class="line" d="M0 5h34" />
              </svg>
            )}
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
