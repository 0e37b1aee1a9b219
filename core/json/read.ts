import { lengthOf, startOf } from "../literal";
import { refused } from "../refusal";
import { sameBytes, Text } from "../text";
import { isDigit } from "./cursor";
import { MAX_ITEMS } from "./path";
import { ScalarReader } from "./scalars";

/**
 * Reads one JSON value from its bytes. Each method says what it expects, and refuses anything else with its JSON path. After
 * a refusal all methods give empty values, and all loops end.
 */
@final @unmanaged
export class JsonReader extends ScalarReader {
  /** Whether the innermost object or array was just entered, so that no comma comes before its next value. */
  private isAtFirst: bool = false;

  /** `prefix` is the JSON path of the string that contains this JSON, if another JSON does. */
  constructor(start: usize, end: usize, prefix: Text = Text.empty) {
    super(start, end, prefix);
  }

  /** Enters an object, whose fields `field` gives. */
  object(): bool {
    return this.enter(0x7b, "object");
  }

  /** Moves to the next field of the object; false after the last one. */
  field(): bool {
    if (!this.next(0x7d)) return false;
    if (this.peek() != 0x22) return this.notJson();
    this.string();
    if (this.peek() != 0x3a) return this.notJson();
    this.at += 1;
    return this.path.toField(this.stringStart, this.stringLength) || this.refuse("duplicate-field", this.key());
  }

  /** The name of the current field. */
  key(): Text {
    return this.path.key();
  }

  /** Whether the current field has this name. It has to be asked before the field's value is read. */
  is(name: string): bool {
    return this.stringLength == lengthOf(name) && sameBytes(this.stringStart, startOf(name), this.stringLength);
  }

  /** Refuses the current field. */
  unknownField(): void {
    this.refuse("unknown-field", this.key());
  }

  /** Enters an array, whose items `item` gives. */
  array(): bool {
    return this.enter(0x5b, "array");
  }

  /** Whether the next value is an array. */
  isArray(): bool {
    return this.peek() == 0x5b;
  }

  /** Moves to the next item of the array; false after the last one. */
  item(): bool {
    if (!this.next(0x5d)) return false;
    return this.path.toItem() || this.refuse("too-many", Text.ofNumber(MAX_ITEMS));
  }

  /** Reads a value of any type, and ignores it. */
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

  /** Refuses anything but white space after the value. Whether the request still is not refused. */
  finish(): bool {
    this.peek();
    if (this.at != this.end) this.notJson();
    return !refused();
  }

  @inline
  private enter(open: u8, expected: string): bool {
    if (this.peek() != open) return this.wrongType(expected);
    this.at += 1;
    this.isAtFirst = true;
    return this.path.enter() || this.notJson();
  }

  // Skips the comma before the next field or item; false after the last one, and the object or array is left.
  private next(close: u8): bool {
    const byte = this.peek();
    if (byte == close) {
      this.at += 1;
      this.isAtFirst = false;
      this.path.leave();
      return false;
    }
    if (this.isAtFirst) {
      this.isAtFirst = false;
      return true;
    }
    if (byte != 0x2c) return this.notJson();
    this.at += 1;
    return true;
  }
}
