import type { JSX } from "preact";
import { escaped } from "../../picture/mod.ts";
import type { TextRange } from "../input/json-place.ts";
import { Editor } from "../parts/editor.tsx";
import { change, lastGood, mistake, state } from "../state.ts";

// More of them nobody reads.
const MOST_SHOWN = 20;

/** A mount table as text: of /proc/<pid>/mountinfo, or of findmnt. */
export function TableEditor(): JSX.Element {
  const { table } = state.value;
  const wrong = mistake.value;
  const left = lastGood.value?.drawing.left ?? [];
  const line = wrong?.place.in === "table" ? wrong.place.line : 0;
  return (
    <div class="editors">
      <p class="hint">
        Paste <code>cat /proc/1/mountinfo</code> of a node, or what <code>findmnt --json</code> prints with
        all columns.
      </p>
      <Editor
        label="Mount table"
        language="text"
        value={table}
        mark={line > 0 && wrong ? { ...lineAt(table, line), message: wrong.message } : undefined}
        onChange={(typed) => change({ from: "table", table: typed })}
      />
      {state.value.from === "table" && left.length > 0 && (
        <ul class="left">
          {left.slice(0, MOST_SHOWN).map(({ message }) => (
            <li key={message}>{escaped(message)}</li>
          ))}
          {left.length > MOST_SHOWN && <li>and {left.length - MOST_SHOWN} more</li>}
        </ul>
      )}
    </div>
  );
}

function lineAt(text: string, line: number): TextRange {
  const lines = text.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  return { start, end: start + (lines[line - 1]?.length ?? 0) };
}
