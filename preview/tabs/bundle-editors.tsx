import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { textTypes } from "../complete/schema.ts";
import { rangeAt, type TextRange } from "../input/json-place.ts";
import type { Place } from "../input/place.ts";
import { lookAt, shownPlace } from "../linking.ts";
import { Editor } from "../parts/editor.tsx";
import type { Marking } from "../parts/editor-mark.ts";
import { change, mistake, state } from "../state.ts";

/** Which container of the pod is edited. */
export const editedContainer = signal(0);

/** The bundle's config.json, and what is beside it, of one container. */
export function BundleEditors(): JSX.Element {
  const { containers } = state.value;
  const at = Math.min(editedContainer.value, Math.max(0, containers.length - 1));
  const container = containers[at];
  return (
    <div class="editors">
      {containers.length > 1 && <Containers at={at} />}
      {container ? (
        <>
          <Editor
            key={`config-${at}`}
            {...markingIn("config", at, container.config)}
            label={`config.json of container ${at + 1}`}
            language="json"
            schema={textTypes.config}
            value={container.config}
            onChange={(config) => setContainer(at, { ...container, config })}
            onCaret={(character) =>
              lookAt({ in: "config", container: at, path: "" }, container.config, character)
            }
          />
          <h2>Beside config.json</h2>
          <MadeUp beside={container.beside} />
          <Editor
            key={`beside-${at}`}
            {...markingIn("beside", at, container.beside)}
            label={`What is beside config.json of container ${at + 1}: id, bundle, rootFs, disks`}
            language="json"
            schema={textTypes.beside}
            value={container.beside}
            onChange={(beside) => setContainer(at, { ...container, beside })}
          />
        </>
      ) : (
        <p>No bundle is here. Drop a config.json on the page, or take an example.</p>
      )}
    </div>
  );
}

// What a config.json gets that is opened.
const madeUp = /^\{ "id": "(c\d+)", "bundle": "\/run\/bundles\/\1" \}$/;

function MadeUp({ beside }: { readonly beside: string }): JSX.Element | null {
  return madeUp.test(beside) ? (
    <p class="hint">A config.json does not say these: they are made up. Say what you know.</p>
  ) : null;
}

function Containers({ at }: { readonly at: number }): JSX.Element {
  return (
    <fieldset class="containers">
      <legend>Container</legend>
      {state.value.containers.map((_, index) => (
        <label key={`container ${index + 1}`}>
          <input
            type="radio"
            name="container"
            checked={index === at}
            onChange={() => {
              editedContainer.value = index;
            }}
          />
          {index + 1}
        </label>
      ))}
      <button type="button" onClick={() => removeContainer(at)}>
        Remove container {at + 1}
      </button>
    </fieldset>
  );
}

function removeContainer(at: number): void {
  editedContainer.value = 0;
  change({ from: "bundle", containers: state.value.containers.filter((_, index) => index !== at) });
}

function setContainer(at: number, container: { config: string; beside: string }): void {
  const containers = state.value.containers.map((one, index) => (index === at ? container : one));
  change({ from: "bundle", containers });
}

function markingIn(where: "config" | "beside", at: number, text: string): EditorMarks {
  const isHere = (place: Place | undefined) => place?.in === where && place.container === at;
  return marksIn(text, isHere);
}

/** What an editor marks. */
export interface EditorMarks {
  readonly mark: Marking | undefined;
  /** Found when the picture is there: to find it takes as long as to read the text. */
  readonly shownPart: (() => TextRange) | undefined;
}

/** The marks of an editor's text: the mistake, and the place of what is selected, if they are in it. */
export function marksIn(text: string, isHere: (place: Place | undefined) => boolean): EditorMarks {
  const wrong = mistake.value;
  const looked = shownPlace.value;
  const rangeOf = (place: Place) => ("path" in place ? rangeAt(text, place.path) : { start: 0, end: 0 });
  return {
    mark: wrong && isHere(wrong.place) ? { ...rangeOf(wrong.place), message: wrong.message } : undefined,
    shownPart: looked && !wrong && isHere(looked) ? () => rangeOf(looked) : undefined,
  };
}
