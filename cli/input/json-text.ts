import { type CommandError, usageError } from "../failure.ts";

/**
 * The value of a JSON text.
 *
 * @throws {CommandError} for a text that is none, with the line and column where it stops being JSON.
 */
export function valueOfJson(text: string, name: string): unknown {
  const json = text.startsWith("\ufeff") ? text.slice(1) : text;
  try {
    return JSON.parse(json);
  } catch {
    throw refusalOf(json, name);
  }
}

function refusalOf(json: string, name: string): CommandError {
  if (json.trim() === "")
    return usageError(
      `Cannot read ${JSON.stringify(name)}`,
      "write a request there",
      "there is nothing in it",
    );
  const before = json.slice(0, endOfJson(json)).split("\n");
  const column = (before.at(-1) ?? "").length + 1;
  const what = `Cannot read ${JSON.stringify(name)}, line ${before.length}, column ${column}: not JSON`;
  const isNone = before.length === 1 && column === 1;
  return isNone
    ? usageError(
        what,
        "name the directory of a bundle, or a file with a JSON request",
        "it is no JSON at all",
      )
    : usageError(what, "correct the text at that place", "up to that place it is JSON");
}

// Not every runtime says where. The end of the longest beginning that a JSON text may have.
function endOfJson(text: string): number {
  const scanner = new Scanner(text);
  scanner.value();
  return scanner.isWrong ? scanner.end : scanner.endOfSpace();
}

const space = /[ \t\r\n]*/y;
const scalar =
  /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;

class Scanner {
  readonly #text: string;
  /** Up to here it is JSON. */
  end = 0;
  isWrong = false;

  constructor(text: string) {
    this.#text = text;
  }

  value(): void {
    const opening = this.#text[this.endOfSpace()];
    if (opening === "{") this.#list("}", () => this.#field());
    else if (opening === "[") this.#list("]", () => this.value());
    else this.#take(scalar);
  }

  endOfSpace(): number {
    this.#take(space);
    return this.end;
  }

  #field(): void {
    this.endOfSpace();
    if (this.#text[this.end] !== '"') this.isWrong = true;
    else this.#take(scalar);
    if (!this.isWrong && this.#text[this.endOfSpace()] !== ":") this.isWrong = true;
    if (this.isWrong) return;
    this.end += 1;
    this.value();
  }

  #list(closing: string, item: () => void): void {
    this.end += 1;
    if (this.#text[this.endOfSpace()] === closing) {
      this.end += 1;
      return;
    }
    for (;;) {
      item();
      if (this.isWrong) return;
      const next = this.#text[this.endOfSpace()];
      if (next !== "," && next !== closing) this.isWrong = true;
      if (this.isWrong) return;
      this.end += 1;
      if (next === closing) return;
    }
  }

  #take(pattern: RegExp): void {
    pattern.lastIndex = this.end;
    const found = pattern.exec(this.#text);
    if (found) this.end = pattern.lastIndex;
    else this.isWrong = true;
  }
}
