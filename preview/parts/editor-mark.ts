import type { PrismEditor } from "prism-code-editor";
import type { TextRange } from "../input/json-place.ts";

/** What is wrong in a text, and where. */
export interface Marking extends TextRange {
  readonly message: string;
}

/** Marks what is wrong in an editor's text, and what is looked at elsewhere. */
export function showMark(
  editor: PrismEditor,
  mark: Marking | undefined,
  shownPart: TextRange | undefined,
): void {
  const { textarea, value } = editor;
  const layer = layerOf(editor);
  layer.replaceChildren(
    ...(shownPart ? marked(value, shownPart, "shown") : []),
    ...(mark ? marked(value, mark, "wrong") : []),
  );
  if (mark) textarea.setAttribute("aria-invalid", "true");
  else textarea.removeAttribute("aria-invalid");
}

// The editor's overlay has the text once more, invisible, with an element around what is marked.
function layerOf({ wrapper }: PrismEditor): HTMLElement {
  const overlays = wrapper.firstElementChild as HTMLElement;
  const found = overlays.querySelector<HTMLElement>(":scope > .marks");
  if (found) return found;
  const layer = document.createElement("div");
  layer.className = "marks";
  layer.ariaHidden = "true";
  overlays.append(layer);
  return layer;
}

function marked(text: string, { start, end }: TextRange, name: string): Node[] {
  const line = document.createElement("div");
  line.className = "marked-text";
  const part = document.createElement("mark");
  part.className = name;
  part.textContent = text.slice(start, end);
  line.append(text.slice(0, start), part);
  return [line];
}
