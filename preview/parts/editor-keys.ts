import {
  type EditorHotkey,
  ignoreTab,
  indentSelectedLines,
  insertLineAndIndent,
  insertTab,
  moveSelectedLines,
  setIgnoreTab,
} from "prism-code-editor/commands";

const isMac = navigator.platform.startsWith("Mac");

/** The keys of editors, beside those that every field has. Before Tab and Shift stands their number as the editor counts modifiers. */
export const editorKeys: Record<string, EditorHotkey> = {
  Tab: (editor) => {
    const [start, end] = editor.getSelection();
    return !ignoreTab && (start === end ? insertTab(editor, start) : indentSelectedLines(editor));
  },
  "8+Tab": (editor) => !ignoreTab && indentSelectedLines(editor, true),
  Enter: (editor) => insertLineAndIndent(editor),
  "1+ArrowDown": (editor) => moveSelectedLines(editor),
  "1+ArrowUp": (editor) => moveSelectedLines(editor, true),
  [isMac ? "10+m" : "2+m"]: () => {
    setIgnoreTab(!ignoreTab);
    return true;
  },
};
