import { lengthOf, startOf } from "../literal";
import { refused } from "../refusal";
import { sameBytes, Text } from "../text";
import { Cursor, isDigit } from "./cursor";
import { MAX_ITEMS } from "./path";
import { plainEnd } from "./plain";
import { readString } from "./string";
import { setUnusual } from "./unusual";

/** Largest integer that every JSON reader keeps exactly (2^53 - 1). */
export const MAX_INTEGER: i64 = 9007199254740991;

/**
 * Reads one JSON value from its bytes. Each read says what it expects and refuses anything else with the JSON
 * path of the place; after a refusal every read gives an empty value and every loop ends.
 */
@final @unmanaged
export class Json extends Cursor {
  /** Whether the cursor is at the beginning of an object or array. */
  private fresh: bool = false;
  /** The string that was read last. */
  private from: usize = 0;
  private length: i32 = 0;

  /** `place` is where these bytes stand, for JSON in another one's string. */
  constructor(start: usize, end: usize, place: Text = Text.empty) {
    super(start, end, place);
  }

  /** Steps into an object; its fields follow by `field`. */
  object(): bool {
    return this.enter(0x7b, "object");
  }

  /** Steps to the next field of the object; false after the last one. */
  field(): bool {
    if (!this.next(0x7d)) return false;
    if (this.peek() != 0x22) return this.notJson();
    this.string();
    if (this.peek() != 0x3a) return this.notJson();
    this.at += 1;
    return this.path.toField(this.from, this.length) || this.refuse("duplicate-field", this.key());
  }

  /** The name of the field that the cursor stands at. */
  key(): Text {
    return this.path.key();
  }

  /** Whether the field that the cursor stands at has this name; asked before its value is read. */
  is(name: string): bool {
    return this.length == lengthOf(name) && sameBytes(this.from, startOf(name), this.length);
  }

  /** Refuses the field that the cursor stands at. */
  unknownField(): void {
    this.refuse("unknown-field", this.key());
  }

  /** Steps into an array; its items follow by `item`. */
  array(): bool {
    return this.enter(0x5b, "array");
  }

  /** Whether the value that follows is an array. */
  isArray(): bool {
    return this.peek() == 0x5b;
  }

  /** Whether the value that follows is null; it is read then. */
  isNull(): bool {
    return this.peek() == 0x6e && this.literal("null");
  }

  /** Reads a value that means nothing here. */
  skip(): void {
    const first = this.peek();
    if (first == 0x22) this.text();
    else if (first == 0x7b) {
      this.object();
      while (this.field()) this.skip();
    } else if (first == 0x5b) {
      this.array();
      while (this.item()) this.skip();
    } else if (first == 0x2d || isDigit(first)) this.skipNumber();
    else if (!this.isNull()) this.boolean();
  }

  // A number's letters may stand in any order here: what is skipped is not judged.
  private skipNumber(): void {
    let byte = this.byte();
    while (isDigit(byte) || (byte | 0x20) == 0x65 || byte == 0x2b || byte == 0x2d || byte == 0x2e) {
      this.at += 1;
      byte = this.byte();
    }
  }

  /** Steps to the next item of the array; false after the last one. */
  item(): bool {
    if (!this.next(0x5d)) return false;
    return this.path.toItem() || this.refuse("too-many", Text.ofNumber(MAX_ITEMS));
  }

  /** A string. */
  text(): Text {
    if (this.peek() != 0x22) this.wrongType("string");
    else this.string();
    return new Text(this.from, this.length);
  }

  /** A whole number from 0 to 2^53 - 1, written plainly. */
  integer(): i64 {
    const first = this.peek();
    if (first == 0x2d) return this.negative();
    if (!isDigit(first)) {
      this.wrongType("integer");
      return 0;
    }
    let value: i64 = 0;
    const begin = this.at;
    while (isDigit(this.byte()) && value <= MAX_INTEGER) {
      value = value * 10 + (this.byte() - 48);
      this.at += 1;
    }
    const length = <i32>(this.at - begin);
    if (value > MAX_INTEGER) this.refuse("out-of-range", new Text(begin, length));
    if (first == 48 && length > 1) this.notJson();
    const next = this.byte();
    if (next == 0x2e || (next | 0x20) == 0x65) this.refuse("wrong-type", Text.of("integer"));
    return value;
  }

  private negative(): i64 {
    const begin = this.at;
    this.at += 1;
    if (!isDigit(this.byte())) this.notJson();
    while (isDigit(this.byte())) this.at += 1;
    this.refuse("out-of-range", new Text(begin, <i32>(this.at - begin)));
    return 0;
  }

  boolean(): bool {
    const first = this.peek();
    if (first == 0x74 && this.literal("true")) return true;
    if (first == 0x66 && this.literal("false")) return false;
    this.wrongType("boolean");
    return false;
  }

  /** Whether nothing but white space is left. */
  finish(): bool {
    this.peek();
    if (this.at != this.end) this.notJson();
    return !refused();
  }

  // Reads a string; what it says is at `from`.
  @inline
  private string(): void {
    const begin = this.at + 1;
    const end = plainEnd(begin, this.end);
    if (end == this.end || load<u8>(end) != 0x22) return this.unusualString();
    this.at = end + 1;
    this.from = begin;
    this.length = <i32>(end - begin);
  }

  // One that has escapes, more than ASCII, or no end.
  private unusualString(): void {
    setUnusual(true);
    const string = readString(this.at, this.end);
    this.at = string.end;
    this.from = string.text.start;
    this.length = string.text.length;
    if (string.problem == null) return;
    const problem = string.problem!;
    if (lengthOf(problem) == 0) this.notJson();
    else if (string.end == string.from) this.refuse(problem, this.position());
    else this.refuse(problem, new Text(string.from, <i32>(string.end - string.from)));
  }

  private literal(word: string): bool {
    const length = lengthOf(word);
    if (this.end - this.at < <usize>length || !new Text(this.at, length).is(word)) return this.notJson();
    this.at += length;
    return true;
  }

  @inline
  private enter(open: u8, expected: string): bool {
    if (this.peek() != open) return this.wrongType(expected);
    this.at += 1;
    this.fresh = true;
    return this.path.enter() || this.notJson();
  }

  // Whether another field or item follows, behind its comma. Otherwise the cursor leaves the object or array.
  private next(close: u8): bool {
    const byte = this.peek();
    if (byte == close) {
      this.at += 1;
      this.fresh = false;
      this.path.leave();
      return false;
    }
    if (this.fresh) {
      this.fresh = false;
      return true;
    }
    if (byte != 0x2c) return this.notJson();
    this.at += 1;
    return true;
  }
}
