const KEPT_BYTES = 16 * 1024;
const SHOWN_LINES = 20;

const panicForm = /Kernel panic - not syncing: ?([^\n]{0,200})\n/;

/** The end of what a machine's console, and QEMU itself, have printed. However much that is, little of it is kept. */
export class Console {
  #text = "";
  #panic: string | undefined;

  /** Takes more of it. */
  add(text: string): void {
    const all = this.#text + text;
    this.#panic ??= panicForm.exec(all)?.[1];
    this.#text = all.slice(-KEPT_BYTES);
  }

  /** Its last lines. What would move a terminal's cursor, or worse, is left out. */
  get lastLines(): string {
    return printable(this.#text).split("\n").slice(-SHOWN_LINES).join("\n").trim();
  }

  /** What the guest's kernel said where it gave up; often the last lines are only its registers. */
  get panic(): string | undefined {
    return this.#panic === undefined ? undefined : printable(this.#panic);
  }
}

/** A text of the guest, for an error: without what would move a terminal's cursor, or worse. */
export function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}(?:\[[0-9;?]*[A-Za-z])?/gu, "").trim();
}
