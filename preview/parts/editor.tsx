import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { createEditor, type PrismEditor } from "prism-code-editor";
import { editHistory, editorCommands, setIgnoreTab } from "prism-code-editor/commands";
import { highlightBracketPairs } from "prism-code-editor/highlight-brackets";
import { matchBrackets } from "prism-code-editor/match-brackets";
import "prism-code-editor/prism/languages/json";
import "prism-code-editor/languages/json";
import type { SchemaType } from "../complete/schema.ts";
import { WordList } from "../complete/word-list.ts";
import type { TextRange } from "../input/json-place.ts";
import { editorKeys } from "./editor-keys.ts";
import { type Marking, showMark } from "./editor-mark.ts";

interface EditorProps {
  /** What a screen reader calls it. */
  readonly label: string;
  readonly value: string;
  readonly language: "json" | "text";
  /** What it is by the schema, whose words are offered. */
  readonly schema?: SchemaType | undefined;
  /** What is wrong in it, and where. */
  readonly mark?: Marking | undefined;
  /** What is looked at elsewhere. */
  readonly shownPart?: (() => TextRange) | undefined;
  onChange(value: string): void;
  /** The caret was moved to a character. */
  onCaret?(at: number): void;
}

// Larger texts are shown without colors: their tokens take longer than a key stroke. Still larger ones are not shown.
const MOST_COLORED = 50_000;
const MOST_SHOWN = 400_000;

/** An editor of a text, with a real textarea in it. A text that is too large for one is drawn all the same. */
export function Editor(props: EditorProps): JSX.Element {
  const { label, value, onChange } = props;
  if (value.length <= MOST_SHOWN) return <TextEditor {...props} />;
  return (
    <p class="hint">
      {label}: {value.length} characters, which are too many to be edited here. They are drawn.{" "}
      <button type="button" onClick={() => onChange("")}>
        Clear
      </button>
    </p>
  );
}

function TextEditor(props: EditorProps): JSX.Element {
  const { label, value, language, mark, shownPart } = props;
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<PrismEditor>(undefined);
  const now = useRef(props);
  now.current = props;
  useEffect(() => {
    const { current } = now;
    // Tab leaves an editor like any field, until somebody presses Ctrl+M.
    setIgnoreTab(true);
    const made = createEditor(
      place.current,
      { value: current.value, language: colored(current), tabSize: 2, wordWrap: true },
      editorCommands(editorKeys),
      editHistory(),
      matchBrackets(),
      highlightBracketPairs(),
    );
    made.on("update", (text) => {
      if (text !== now.current.value) now.current.onChange(text);
    });
    if (place.current && current.schema) new WordList(place.current, made, current.schema);
    made.on("selectionChange", ([start]) => made.focused && now.current.onCaret?.(start));
    editor.current = made;
    return () => made.remove();
  }, []);
  // At once: later, the editor may have what was typed meanwhile.
  useLayoutEffect(() => {
    const made = editor.current;
    if (made && made.value !== value) made.setOptions({ value, language: colored(now.current) });
  }, [value]);
  useEffect(() => {
    const { textarea } = editor.current ?? {};
    textarea?.setAttribute("aria-label", label);
  }, [label]);
  useEffect(() => {
    if (editor.current) showMark(editor.current, mark, shownPart?.());
  });
  return <div class="editor" ref={place} data-language={language} />;
}

function colored({ language, value }: EditorProps): string {
  return value.length > MOST_COLORED ? "text" : language;
}
