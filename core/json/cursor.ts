import { refuse } from "../refusal";
import { Text } from "../text";
import { inArray, inObject, JsonPath } from "./path";

/** A position in the bytes of a JSON value, and the JSON path of that position for refusals. */
@unmanaged
export class Cursor {
  protected at: usize;
  protected readonly path: JsonPath = new JsonPath();

  constructor(
    protected readonly start: usize,
    protected readonly end: usize,
    /** The JSON path of the whole value: not empty if a string of another JSON contains these bytes. */
    private readonly prefix: Text,
  ) {
    this.at = start;
  }

  /** Refuses the value at the cursor, or the one that was just read. */
  refuse(code: string, subject: Text | null): bool {
    return this.refuseAt(code, subject, this.path.after(this.prefix));
  }

  /** Refuses an item of the array that was just read. */
  refuseItem(index: i32, code: string, subject: Text): bool {
    return this.refuseAt(code, subject, inArray(this.path.after(this.prefix), index));
  }

  /** Refuses a field of the object that was just read. */
  refuseField(name: Text, code: string): bool {
    return this.refuseAt(code, name, inObject(this.path.after(this.prefix), name));
  }

  /** Refuses the object that was just read if it lacks a field. */
  require(isPresent: bool, field: string): bool {
    return isPresent || this.refuseField(Text.of(field), "missing-field");
  }

  // After a refusal the cursor is at the end, where every loop of a reader ends.
  protected refuseAt(code: string, subject: Text | null, path: Text): bool {
    this.at = this.end;
    return refuse(code, subject, path);
  }

  /** Skips white space. The byte at the cursor then; 0 at the end. */
  @inline
  protected peek(): u8 {
    const byte = this.byte();
    return byte > 0x20 ? byte : this.skipSpace();
  }

  protected skipSpace(): u8 {
    let byte = this.byte();
    while (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09) {
      this.at += 1;
      byte = this.byte();
    }
    return byte;
  }

  @inline
  protected byte(): u8 {
    return this.at < this.end ? load<u8>(this.at) : 0;
  }

  protected wrongType(expected: string): bool {
    const byte = this.peek();
    const startsValue = byte == 0x22 || byte == 0x7b || byte == 0x5b || byte == 0x2d || isDigit(byte);
    const isWord = byte == 0x74 || byte == 0x66 || byte == 0x6e; // true, false, null
    if (!startsValue && !isWord) return this.notJson();
    return this.refuse("wrong-type", Text.of(expected));
  }

  protected notJson(): bool {
    return this.refuseAt("not-json", this.position(), this.prefix);
  }

  protected position(): Text {
    return Text.of("byte ") + Text.ofNumber(this.at - this.start);
  }
}

@inline
export function isDigit(byte: u8): bool {
  return byte >= 48 && byte <= 57;
}
