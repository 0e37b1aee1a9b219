import type { JSX } from "preact";
import { type Curve, curveKinds, escaped, type Row, type RowKind, traits } from "../picture/mod.ts";
import { rowsById, selectedRow } from "./linking.ts";
import { JsonView } from "./parts/json-view.tsx";
import { StepList } from "./parts/step-list.tsx";
import { endsOf } from "./picture/ends.ts";
import { lastGood, selected } from "./state.ts";
import { Why, WhySentence } from "./why.tsx";

const kinds: Readonly<Record<RowKind, string>> = {
  directory: "A directory",
  source: "A file or directory of the host",
  disk: "A disk or an image",
  sandbox: "A sandbox",
  hub: "The hub: shares are attached here",
  view: "The view: what the guest sees of the hub",
  share: "A share: a mount in the hub",
  submount: "A mount below",
  storage: "A storage: the agent mounts it",
  container: "A container",
  root: "A container's root filesystem",
  mount: "A mount of a container",
};

/** All that is known of the selected row. */
export function Panel(): JSX.Element {
  const row = selectedRow.value;
  return (
    <aside class="panel" aria-label="What is selected">
      {row ? (
        <RowPanel row={row} />
      ) : (
        <p class="hint">Choose a row or a curve: here you read what it is, and why it is there.</p>
      )}
    </aside>
  );
}

function RowPanel({ row }: { readonly row: Row }): JSX.Element {
  const { label, path, kind, details } = row;
  const { rule, why, mount, steps, storages, guestMount, entry, omitted, findings } = details;
  return (
    <>
      <h2>
        <code>{escaped(path ?? label)}</code>
      </h2>
      <p>
        {kinds[kind]}
        {row.traits.map((trait) => `, ${traits[trait].meaning}`).join("")}
      </p>
      {findings.map(({ code, why }) => (
        <p class="finding" key={`${code} ${why}`}>
          <b>{code}</b>: {why}
        </p>
      ))}
      <div class="panel-sections">
        {rule ? <Why rule={rule} mount={mount} /> : why && <WhySentence text={why} />}
        <Ends row={row} />
        {steps.length > 0 && (
          <section>
            <h3>Steps</h3>
            <StepList steps={steps} />
          </section>
        )}
        {mount && <JsonView title="The mount of the specification" value={{ ...mount, facts: undefined }} />}
        {mount?.facts && <JsonView title="What is known or guessed of its source" value={mount.facts} />}
        {guestMount && <JsonView title="The mount that the guest makes" value={guestMount} />}
        {storages.length > 0 && <JsonView title="What the agent gets" value={storages} />}
        {entry && <JsonView title="The mount in the kernel's table" value={entry} />}
        {omitted.length > 0 && <JsonView title="Left out of the share" value={omitted} />}
      </div>
    </>
  );
}

function Ends({ row }: { readonly row: Row }): JSX.Element | null {
  const { into, out } = endsOf(lastGood.value?.picture, row.id);
  if (into.length + out.length === 0) return null;
  return (
    <section>
      <h3>Where it comes from, and goes to</h3>
      <ul class="ends">
        {into.slice(0, MOST_ENDS).map((curve) => (
          <End key={curve.id} curve={curve} id={curve.from} sign="←" />
        ))}
        {out.slice(0, MOST_ENDS).map((curve) => (
          <End key={curve.id} curve={curve} id={curve.to} sign="→" />
        ))}
      </ul>
      {Math.max(into.length, out.length) > MOST_ENDS && <small>and more, which the picture has</small>}
    </section>
  );
}

// More of them nobody reads.
const MOST_ENDS = 100;

function End({
  curve,
  id,
  sign,
}: {
  readonly curve: Curve;
  readonly id: string;
  readonly sign: string;
}): JSX.Element {
  const row = rowsById.value.get(id);
  return (
    <li>
      <button
        type="button"
        onClick={() => {
          selected.value = id;
        }}
      >
        {sign} {escaped(row?.path ?? row?.label ?? id)}
      </button>{" "}
      <small>{curveKinds[curve.kind].meaning}</small>
    </li>
  );
}
