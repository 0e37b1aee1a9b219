const OPEN_BRACKET = "[".charCodeAt(0);
const CLOSE_BRACKET = "]".charCodeAt(0);
const LETTER_T = "t".charCodeAt(0);
const DIGIT_0 = "0".charCodeAt(0);

// The last lists of strings that were read, with their JSON: few differ, and they are frozen.
const KEPT_LISTS = 6;
const keptLists: { readonly json: string; readonly list: readonly string[] }[] = [];
let nextKept = 0;

// Counted from the end of a list's JSON.
const LAST_LETTER = 'x"]'.length;

/** An empty list. */
export const none: readonly never[] = Object.freeze([]);

/**
 * A cursor over JSON of the core's, without escapes. Each read begins before the name of its value, which is given, not
 * looked at: the core writes each record's fields in one order.
 */
export class JsonCursor {
  readonly #json: string;
  /** Where it stands. */
  at = 0;
  constructor(json: string) {
    this.#json = json;
  }

  string(name: string): string {
    const from = this.at + name.length + 1;
    const to = this.#json.indexOf('"', from);
    this.at = to + 1;
    return this.#json.slice(from, to);
  }

  integer(name: string): number {
    this.at += name.length;
    let value = 0;
    for (;;) {
      const digit = this.#json.charCodeAt(this.at) - DIGIT_0;
      if (!(digit >= 0 && digit <= 9)) return value;
      value = value * 10 + digit;
      this.at += 1;
    }
  }

  boolean(name: string): boolean {
    this.at += name.length;
    const value = this.letter(0) === LETTER_T;
    this.at += value ? "true".length : "false".length;
    return value;
  }

  strings<T extends string>(name: string): readonly T[] {
    this.at += name.length;
    if (this.#json.charCodeAt(this.at + 1) === CLOSE_BRACKET) {
      this.at += 2;
      return none;
    }
    // What begins with a whole list's JSON is that list. Few differ in the letter that is asked for first; a slice is
    // compared eight letters at a time, where startsWith takes one after the other.
    for (const { json, list } of keptLists) {
      const last = json.length - LAST_LETTER;
      if (this.letter(last) !== json.charCodeAt(last)) continue;
      if (this.#json.slice(this.at, this.at + json.length) !== json) continue;
      this.at += json.length;
      return list as readonly T[];
    }
    return this.#readStrings() as readonly T[];
  }

  #readStrings(): readonly string[] {
    const from = this.at;
    const strings: string[] = [];
    while (this.item()) strings.push(this.string(""));
    const list = Object.freeze(strings);
    keptLists[nextKept] = { json: this.#json.slice(from, this.at), list };
    nextKept = (nextKept + 1) % KEPT_LISTS;
    return list;
  }

  /** A list of what `read` reads. */
  list<T>(name: string, read: (json: JsonCursor) => T): readonly T[] {
    this.at += name.length;
    if (this.#json.charCodeAt(this.at + 1) === CLOSE_BRACKET) {
      this.at += 2;
      return none;
    }
    const items: T[] = [];
    while (this.item()) items.push(read(this));
    return Object.freeze(items);
  }

  /** Goes behind the bracket or comma before an item; false behind the bracket after the last one. */
  item(): boolean {
    const sign = this.#json.charCodeAt(this.at);
    this.at += 1;
    if (sign === OPEN_BRACKET && this.#json.charCodeAt(this.at) === CLOSE_BRACKET) {
      this.at += 1;
      return false;
    }
    return sign !== CLOSE_BRACKET;
  }

  /** The code of the letter some places on. */
  letter(offset: number): number {
    return this.#json.charCodeAt(this.at + offset);
  }

  /** The letters from some places on to the next quote. */
  wordAt(offset: number): string {
    const from = this.at + offset;
    return this.#json.slice(from, this.#json.indexOf('"', from));
  }

  /** Whether a text comes next. */
  stands(text: string, offset = 0): boolean {
    return this.#json.startsWith(text, this.at + offset);
  }
}
