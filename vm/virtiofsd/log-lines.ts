import type { Readable } from "node:stream";

// A guest has a say in what its virtiofsd logs.
const LONGEST_LINE = 2000;
const KEPT_LINES = 20;

/** The lines of a log that no guest can flood: each is bounded, and without control characters. */
export class LogLines {
  readonly #told: (line: string) => void;
  #kept: string[] = [];
  #begun = "";
  #isCut = false;

  /** The lines of a stream; each is told as it ends. */
  constructor(stream: Readable, told: (line: string) => void) {
    this.#told = told;
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => this.#take(text));
    stream.on("end", () => this.#end());
    stream.on("error", () => this.#end());
  }

  /** The last lines. */
  get last(): readonly string[] {
    return this.#kept;
  }

  #take(text: string): void {
    const pieces = text.split("\n");
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) this.#end();
      const room = LONGEST_LINE - this.#begun.length;
      if (piece.length > room) this.#isCut = true;
      this.#begun += piece.slice(0, room);
    }
  }

  #end(): void {
    const line = printable(this.#begun) + (this.#isCut ? "…" : "");
    this.#begun = "";
    this.#isCut = false;
    if (line === "") return;
    this.#kept = [...this.#kept.slice(1 - KEPT_LINES), line];
    this.#told(line);
  }
}

function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return character === "\t" ? " " : `\\u{${code.toString(16)}}`;
  });
}
