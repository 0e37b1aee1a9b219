const OPEN_BRACKET = "[".charCodeAt(0);
const CLOSE_BRACKET = "]".charCodeAt(0);
const T = "t".charCodeAt(0);
const DIGIT_0 = "0".charCodeAt(0);

// A cache of the lists of strings that were read last, with their JSON. Plans have few different ones, and they are frozen.
const CACHED_LISTS = 6;
const cachedLists: { readonly json: string; readonly list: readonly string[] }[] = [];
let nextCached = 0;

// The last character of a list's last string, counted from the end of the list's JSON.
const LAST_CHARACTER = 'x"]'.length;

/** An empty list. */
export const none: readonly never[] = Object.freeze([]);

/**
 * Reads JSON of the core that has no escapes. Each method is given the name that stands before its value, and skips it without a
 * comparison, because the core writes the fields of a record always in the same order.
 */
export class JsonCursor {
  readonly #json: string;
  /** The index in the JSON of what is read next. */
  at = 0;

  constructor(json: string) {
    this.#json = json;
  }

  /** Reads a string. */
  string(name: string): string {
    const from = this.at + name.length + 1;
    const to = this.#json.indexOf('"', from);
    this.at = to + 1;
    return this.#json.slice(from, to);
  }

  /** Reads a whole number. */
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

  /** Reads a boolean. */
  boolean(name: string): boolean {
    this.at += name.length;
    const value = this.codeAt(0) === T;
    this.at += value ? "true".length : "false".length;
    return value;
  }

  /** Reads an array of strings. */
  strings<T extends string>(name: string): readonly T[] {
    this.at += name.length;
    if (this.#json.charCodeAt(this.at + 1) === CLOSE_BRACKET) {
      this.at += 2;
      return none;
    }
    // The last character is compared first, because it tells most lists apart. A slice is compared eight characters at a time,
    // but startsWith compares one after the other.
    for (const { json, list } of cachedLists) {
      const last = json.length - LAST_CHARACTER;
      if (this.codeAt(last) !== json.charCodeAt(last)) continue;
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
    cachedLists[nextCached] = { json: this.#json.slice(from, this.at), list };
    nextCached = (nextCached + 1) % CACHED_LISTS;
    return list;
  }

  /** Reads an array, each item by `read`. */
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

  /** Skips the bracket or comma before the next item. False after the last one, whose closing bracket is skipped, too. */
  item(): boolean {
    const code = this.#json.charCodeAt(this.at);
    this.at += 1;
    if (code === OPEN_BRACKET && this.#json.charCodeAt(this.at) === CLOSE_BRACKET) {
      this.at += 1;
      return false;
    }
    return code !== CLOSE_BRACKET;
  }

  /** The code of the character at some offset from the cursor. */
  codeAt(offset: number): number {
    return this.#json.charCodeAt(this.at + offset);
  }

  /** The text from some offset up to the next quote. */
  wordAt(offset: number): string {
    const from = this.at + offset;
    return this.#json.slice(from, this.#json.indexOf('"', from));
  }

  /** Whether a text stands at the cursor, or at some offset from it. */
  startsWith(text: string, offset = 0): boolean {
    return this.#json.startsWith(text, this.at + offset);
  }
}
