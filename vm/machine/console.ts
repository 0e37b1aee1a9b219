const KEPT_BYTES = 16 * 1024;
const SHOWN_LINES = 20;

/** The end of what a machine's console, and QEMU itself, have printed. However much that is, little of it is kept. */
export class Console {
  #text = "";

  /** Takes more of it. */
  add(text: string): void {
    this.#text = (this.#text + text).slice(-KEPT_BYTES);
  }

  /** Its last lines. What would move a terminal's cursor, or worse, is left out. */
  get lastLines(): string {
    const lines = this.#text.split("\n").map((line) => line.replace(/\p{Cc}(?:\[[0-9;?]*[A-Za-z])?/gu, ""));
    return lines.join("\n").trimEnd().split("\n").slice(-SHOWN_LINES).join("\n").trim();
  }
}
