import type { JSX } from "preact";
import { curveKinds, type Mark, traits } from "../picture/mod.ts";

/** What the marks of rows and curves stand for. */
export function Legend(): JSX.Element {
  return (
    <details class="legend">
      <summary>What the marks mean</summary>
      <Marks title="How content gets there" marks={curveKinds} />
      <Marks title="What holds for it" marks={traits} />
    </details>
  );
}

function Marks({
  title,
  marks,
}: {
  readonly title: string;
  readonly marks: Readonly<Record<string, Mark>>;
}): JSX.Element {
  return (
    <dl aria-label={title}>
      {Object.entries(marks).map(([name, { sign, meaning }]) => (
        <div key={name} data-mark={name}>
          <dt>
            <b>{sign}</b> {name}
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
