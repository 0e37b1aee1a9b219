import { type Format, type FormatCode, FormatError } from "./format-error.ts";

/** Reads a value of a document. A value of another type than the one that is asked for is refused with its path. */
export class Reader {
  readonly format: Format;
  readonly path: string;
  readonly value: unknown;

  constructor(format: Format, value: unknown, path = "") {
    this.format = format;
    this.value = value;
    this.path = path;
  }

  /** A field of a record; undefined if it is absent or null, which Go writes for an unset field. */
  field(name: string): Reader | undefined {
    const record = this.record();
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    return value === undefined || value === null
      ? undefined
      : new Reader(this.format, value, this.pathOf(name));
  }

  /** The place of a field, to refuse the field itself. */
  at(name: string): Reader {
    return new Reader(this.format, undefined, this.pathOf(name));
  }

  /** A field of a record, which is refused without it. */
  needed(name: string): Reader {
    return this.field(name) ?? this.at(name).refuse("missing-field", name);
  }

  /** A field that is a record; an empty record if the field is absent. */
  part(name: string): Reader {
    return this.field(name) ?? new Reader(this.format, {}, this.pathOf(name));
  }

  /** A field that is a text; undefined also if the text is empty, which is an unset field in Go. */
  filled(name: string): Reader | undefined {
    const field = this.field(name);
    return field?.text() === "" ? undefined : field;
  }

  record(): Readonly<Record<string, unknown>> {
    const isRecord = Object.prototype.toString.call(this.value) === "[object Object]";
    return isRecord ? (this.value as Record<string, unknown>) : this.refuse("wrong-type", "object");
  }

  items(): Reader[] {
    if (!Array.isArray(this.value)) return this.refuse("wrong-type", "array");
    return Array.from(this.value, (item, at) => new Reader(this.format, item, `${this.path}[${at}]`));
  }

  text(): string {
    return typeof this.value === "string" ? this.value : this.refuse("wrong-type", "string");
  }

  flag(): boolean {
    return typeof this.value === "boolean" ? this.value : this.refuse("wrong-type", "boolean");
  }

  /** A whole number, from 0 to `most`. */
  count(most: number = Number.MAX_SAFE_INTEGER): number {
    const { value } = this;
    const isInfinite = value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
    const isWhole = typeof value === "bigint" || Number.isInteger(value) || isInfinite;
    if (!isWhole) return this.refuse("wrong-type", "whole number");
    const count = Number(value);
    return count >= 0 && count <= most ? count : this.refuse("out-of-range", String(value));
  }

  texts(): string[] {
    return this.items().map((item) => item.text());
  }

  textsByName(): Record<string, string> {
    const names = Object.keys(this.record());
    // Object.fromEntries makes an own field of "__proto__", too.
    return Object.fromEntries(names.map((name) => [name, this.needed(name).text()]));
  }

  /** The value that `words` has for the word that is read. Other words are refused. */
  word<T>(words: Readonly<Record<string, T>>): T {
    const word = this.text();
    return Object.hasOwn(words, word) ? (words[word] as T) : this.refuseWord(word, Object.keys(words));
  }

  /** Refuses the value. */
  refuse(code: FormatCode, subject: string, options?: ErrorOptions): never {
    throw new FormatError({ format: this.format, code, path: this.path, subject }, options);
  }

  /** Refuses a word, and tells which words are accepted. */
  refuseWord(subject: string, words: readonly string[], code: FormatCode = "unknown-word"): never {
    throw new FormatError({ format: this.format, code, path: this.path, subject, words });
  }

  /** Refuses the value, because another one says the opposite. */
  refuseBeside(other: Reader, subject: string): never {
    const { format, path } = this;
    throw new FormatError({ format, code: "contradiction", path, subject, otherPath: other.path });
  }

  private pathOf(name: string): string {
    if (!/^[\w-]+$/.test(name)) return `${this.path}[${JSON.stringify(name)}]`;
    return this.path === "" ? name : `${this.path}.${name}`;
  }
}
