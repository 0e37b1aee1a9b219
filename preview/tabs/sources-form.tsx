import type { JSX } from "preact";
import type { SourceFacts } from "../../mod.ts";
import { escaped } from "../../picture/mod.ts";
import { guessOf } from "../input/guess.ts";
import { Field } from "../parts/field.tsx";
import { change, lastGood, mistake, state } from "../state.ts";

const kinds = ["file", "directory", "block", "char", "fifo", "socket", "missing"];

/** What is known of each source: a browser sees no host, so it guesses from the path until somebody says. */
export function SourcesForm(): JSX.Element {
  const sources = sourcesOf();
  return (
    <div class="form">
      <p>
        A browser cannot look at a host. What each source is, is guessed from its path. Say what you know: it
        may change what becomes of the mount.
      </p>
      {sources.map((source) => (
        <Source key={source} source={source} />
      ))}
      {sources.length === 0 && <p>No mount has a source on the host.</p>}
    </div>
  );
}

function sourcesOf(): string[] {
  const mounts = (lastGood.value?.drawing.planned ?? []).flatMap(({ request }) =>
    request?.op === "shareContainer" ? (request.container.mounts ?? []) : [],
  );
  const sources = mounts.flatMap(({ source, facts }) => (facts && source ? [source] : []));
  return [...new Set([...sources, ...Object.keys(state.value.facts)])];
}

function Source({ source }: { readonly source: string }): JSX.Element {
  const stated = Object.hasOwn(state.value.facts, source) ? (state.value.facts[source] ?? {}) : {};
  const guess = guessOf(source).kind;
  const wrong = mistake.value;
  const place = wrong?.place;
  return (
    <fieldset>
      <legend>
        <code>{escaped(source)}</code>
      </legend>
      <Field
        label="Kind"
        value={stated.kind}
        words={kinds}
        none={guess ? `${guess} (a guess)` : "unknown (a guess)"}
        wrong={place?.in === "source" && place.source === source ? wrong?.message : undefined}
        onChange={(kind) => say(source, { ...stated, kind: (kind || undefined) as SourceFacts["kind"] })}
      />
      <Field
        label="Filesystem"
        value={stated.filesystem}
        none="unknown"
        onChange={(filesystem) => say(source, { ...stated, filesystem: filesystem || undefined })}
      />
      <Field
        label="Number of files"
        value={stated.files}
        none="unknown"
        help="A configmap or secret of 1 to 8 files is watched."
        onChange={(text) =>
          say(source, { ...stated, files: (/^\d+$/.test(text) ? Number(text) : text || undefined) as number })
        }
      />
    </fieldset>
  );
}

function say(source: string, facts: SourceFacts): void {
  const said = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  const { [source]: _, ...others } = state.value.facts;
  change({ facts: Object.keys(said).length === 0 ? others : { ...others, [source]: said } });
}
