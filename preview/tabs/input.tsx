import type { JSX } from "preact";
import { textTypes } from "../complete/schema.ts";
import { lookAt } from "../linking.ts";
import { compactJson } from "../parts/compact-json.ts";
import { Editor } from "../parts/editor.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { change, type InputTab, inputTab, lastGood, state } from "../state.ts";
import { BundleEditors, marksIn } from "./bundle-editors.tsx";
import { SandboxForm } from "./sandbox-form.tsx";
import { SourcesForm } from "./sources-form.tsx";
import { TableEditor } from "./table-editor.tsx";

/** What is planned or drawn: as a bundle, as a request, or as a mount table. */
export function Input(): JSX.Element {
  return (
    <Tabs<InputTab>
      label="Input"
      open={inputTab.value}
      onOpen={(name) => {
        inputTab.value = name;
      }}
      tabs={[
        { name: "bundle", title: "Bundle", render: () => <Drawn from="bundle" view={<BundleEditors />} /> },
        { name: "sandbox", title: "Sandbox", render: () => <Drawn from="bundle" view={<SandboxForm />} /> },
        { name: "sources", title: "Sources", render: () => <Drawn from="bundle" view={<SourcesForm />} /> },
        { name: "request", title: "Request", render: () => <RequestEditor /> },
        { name: "table", title: "Table", render: () => <Drawn from="table" view={<TableEditor />} /> },
      ]}
    />
  );
}

/** An input, and a word on it if the picture is of another one. */
function Drawn({
  from,
  view,
}: {
  readonly from: "bundle" | "table";
  readonly view: JSX.Element;
}): JSX.Element {
  const { from: now } = state.value;
  return (
    <>
      {now !== from && (
        <p class="hint">
          The picture is of the {now === "table" ? "mount table" : now}.{" "}
          <button type="button" onClick={() => change({ from })}>
            Draw this
          </button>
        </p>
      )}
      {view}
    </>
  );
}

/** The requests as JSON: those of the bundle until somebody types here. */
function RequestEditor(): JSX.Element {
  const { from, request } = state.value;
  const text = from === "request" ? request : requestText();
  return (
    <div class="editors">
      {from !== "request" && (
        <p class="hint">These are the requests of the {from}. Typing here replaces them.</p>
      )}
      <Editor
        {...marksIn(text, (place) => place?.in === "request")}
        label="Requests as JSON"
        language="json"
        schema={textTypes.requests}
        value={text}
        onChange={(typed) => change({ from: "request", request: typed })}
        onCaret={(character) => lookAt({ in: "request", path: "" }, text, character)}
      />
    </div>
  );
}

function requestText(): string {
  const planned = lastGood.value?.drawing.planned ?? [];
  return planned.length === 0 ? "" : compactJson(planned.map(({ request, plan }) => request ?? plan));
}
