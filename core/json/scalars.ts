import { lengthOf } from "../literal";
import { Text } from "../text";
import { Cursor, isDigit } from "./cursor";
import { escapeFreeEnd } from "./escape-free";
import { setNeedsEscapes } from "./needs-escape";
import { readString } from "./string";

/** Largest integer that every JSON reader keeps exactly (2^53 - 1). */
export const MAX_INTEGER: i64 = 9007199254740991;

/** Reads the values that contain no others. */
@unmanaged
export class ScalarReader extends Cursor {
  /** The address and length of the string that was read last, without its quotes and escapes. */
  protected stringStart: usize = 0;
  protected stringLength: i32 = 0;

  constructor(start: usize, end: usize, prefix: Text) {
    super(start, end, prefix);
  }

  /** Whether the next value is null, which is read then. */
  isNull(): bool {
    return this.peek() == 0x6e && this.word("null");
  }

  /** Reads a string. */
  text(): Text {
    if (this.peek() != 0x22) this.wrongType("string");
    else this.string();
    return new Text(this.stringStart, this.stringLength);
  }

  /** Reads a whole number from 0 to 2^53 - 1, without fraction and exponent. */
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

  // The characters of the number may have any order: a value that is skipped is not judged.
  protected skipNumber(): void {
    let byte = this.byte();
    while (isDigit(byte) || (byte | 0x20) == 0x65 || byte == 0x2b || byte == 0x2d || byte == 0x2e) {
      this.at += 1;
      byte = this.byte();
    }
  }

  /** Reads a boolean. */
  boolean(): bool {
    const first = this.peek();
    if (first == 0x74 && this.word("true")) return true;
    if (first == 0x66 && this.word("false")) return false;
    this.wrongType("boolean");
    return false;
  }

  // Reads a string to `stringStart` and `stringLength`.
  @inline
  protected string(): void {
    const begin = this.at + 1;
    const end = escapeFreeEnd(begin, this.end);
    if (end == this.end || load<u8>(end) != 0x22) return this.decodedString();
    this.at = end + 1;
    this.stringStart = begin;
    this.stringLength = <i32>(end - begin);
  }

  // A string that has escapes, is not ASCII, or does not end.
  protected decodedString(): void {
    setNeedsEscapes(true);
    const string = readString(this.at, this.end);
    this.at = string.end;
    this.stringStart = string.text.start;
    this.stringLength = string.text.length;
    if (string.problem == null) return;
    const problem = string.problem!;
    if (lengthOf(problem) == 0) this.notJson();
    else if (string.end == string.from) this.refuse(problem, this.position());
    else this.refuse(problem, new Text(string.from, <i32>(string.end - string.from)));
  }

  private word(literal: string): bool {
    const length = lengthOf(literal);
    if (this.end - this.at < <usize>length || !new Text(this.at, length).is(literal)) return this.notJson();
    this.at += length;
    return true;
  }
}
