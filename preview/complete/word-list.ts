import type { PrismEditor } from "prism-code-editor";
import { insertText } from "prism-code-editor/utils";
import { type Completion, completionAt } from "./completion.ts";
import type { SchemaType } from "./schema.ts";

// A text with more characters is not looked through at each key stroke, only when somebody asks.
const LARGE = 50_000;

let count = 0;

/** Words of the schema below an editor's caret, as a listbox: it opens by itself while a word is typed, and at Ctrl+Space. */
export class WordList {
  readonly #editor: PrismEditor;
  readonly #root: SchemaType;
  readonly #list = document.createElement("ul");
  #completion: Completion | undefined;
  #at = 0;

  constructor(place: HTMLElement, editor: PrismEditor, root: SchemaType) {
    this.#editor = editor;
    this.#root = root;
    const { textarea } = editor;
    Object.assign(this.#list, { className: "word-list", id: `word-list-${++count}`, hidden: true });
    this.#list.role = "listbox";
    this.#list.ariaLabel = "What can be typed here";
    // It scrolls. Tab does not get there: it takes the chosen word.
    this.#list.tabIndex = 0;
    textarea.setAttribute("aria-autocomplete", "list");
    place.append(this.#list);
    // Before the editor, which has commands of its own for these keys.
    place.addEventListener("keydown", (event) => this.#onKey(event), true);
    place.addEventListener("mousedown", (event) => this.#onPointer(event));
    textarea.addEventListener("blur", () => this.#close());
    textarea.addEventListener("input", (event) => this.#onInput(event as InputEvent));
  }

  #onInput({ inputType, data }: InputEvent): void {
    const isWord = inputType === "insertText" && /^[\w"-]$/.test(data ?? "");
    const isOpen = this.#completion !== undefined;
    // After the picture.
    if (isOpen || (isWord && this.#editor.value.length < LARGE)) setTimeout(() => this.#open(false));
  }

  #onKey(event: KeyboardEvent): void {
    const { key, ctrlKey } = event;
    const { words = [] } = this.#completion ?? {};
    const isAsking = ctrlKey && key === " ";
    if (isAsking) this.#open(true);
    else if (words.length === 0) return;
    else if (key === "ArrowDown") this.#choose((this.#at + 1) % words.length);
    else if (key === "ArrowUp") this.#choose((this.#at + words.length - 1) % words.length);
    else if (key === "Enter" || key === "Tab") this.#take();
    else {
      if (key !== "Escape" && !/^(?:Arrow|Home|End|Page)/.test(key)) return;
      this.#close();
      if (key !== "Escape") return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #onPointer(event: MouseEvent): void {
    const target = event.target as Element;
    const option = target.closest("[role=option]");
    // The editor keeps the focus.
    if (this.#list.contains(target)) event.preventDefault();
    else this.#close();
    if (!option) return;
    this.#at = [...this.#list.children].indexOf(option);
    this.#take();
  }

  #open(isAsked: boolean): void {
    const { value, textarea } = this.#editor;
    const found = completionAt(value, textarea.selectionStart, this.#root);
    const isDone = found?.words.length === 1 && found.words[0]?.label === found.typed;
    this.#close();
    if (!found || isDone || !(isAsked || found.typed !== "")) return;
    this.#completion = found;
    this.#list.replaceChildren(
      ...found.words.map(({ label, description }, at) => this.#option(at, label, description)),
    );
    this.#list.hidden = false;
    this.#place();
    textarea.setAttribute("aria-controls", this.#list.id);
    this.#choose(0);
  }

  #option(at: number, label: string, description: string | undefined): HTMLElement {
    const option = document.createElement("li");
    const small = document.createElement("small");
    option.id = `${this.#list.id}-${at}`;
    option.role = "option";
    small.textContent = description ?? "";
    option.append(label, " ", small);
    return option;
  }

  #place(): void {
    const { lines, activeLine } = this.#editor;
    const line = lines[activeLine]?.getBoundingClientRect();
    const place = this.#list.parentElement?.getBoundingClientRect();
    if (line && place) this.#list.style.top = `${line.bottom - place.top}px`;
  }

  #choose(at: number): void {
    this.#at = at;
    for (const [index, option] of [...this.#list.children].entries())
      option.ariaSelected = String(index === at);
    this.#list.children[at]?.scrollIntoView({ block: "nearest" });
    this.#editor.textarea.setAttribute("aria-activedescendant", `${this.#list.id}-${at}`);
  }

  #take(): void {
    const { start = 0, end = 0, words = [] } = this.#completion ?? {};
    const word = words[this.#at];
    this.#close();
    if (word) insertText(this.#editor, word.text, start, end, start + word.text.length);
  }

  #close(): void {
    if (!this.#completion) return;
    this.#completion = undefined;
    this.#list.hidden = true;
    for (const name of ["aria-controls", "aria-activedescendant"])
      this.#editor.textarea.removeAttribute(name);
  }
}
