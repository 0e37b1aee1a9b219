import { refuse } from "../refusal";
import { Text } from "../text";
import { inArray, inObject, JsonPath } from "./path";

/** A place in the bytes of a JSON value, with its JSON path for whoever refuses what stands there. */
@unmanaged
export class Cursor {
  protected at: usize;
  protected readonly path: JsonPath = new JsonPath();

  constructor(
    protected readonly start: usize,
    protected readonly end: usize,
    private readonly place: Text,
  ) {
    this.at = start;
  }

  /** Refuses the value that the cursor stands at or has just read. */
  refuse(code: string, subject: Text | null): bool {
    return this.refuseAt(code, subject, this.path.from(this.place));
  }

  /** Refuses an item of the array that the cursor has just left. */
  refuseItem(index: i32, code: string, subject: Text): bool {
    return this.refuseAt(code, subject, inArray(this.path.from(this.place), index));
  }

  /** Refuses a field of the object that the cursor has just left. */
  refuseField(name: Text, code: string): bool {
    return this.refuseAt(code, name, inObject(this.path.from(this.place), name));
  }

  /** Refuses the object that the cursor has just left, unless `present`. */
  require(present: bool, field: string): bool {
    return present || this.refuseField(Text.of(field), "missing-field");
  }

  // Nothing more is read: the end of the bytes is where every loop ends.
  protected refuseAt(code: string, subject: Text | null, path: Text): bool {
    this.at = this.end;
    return refuse(code, subject, path);
  }

  /** The next byte that is not white space; 0 at the end. */
  @inline
  protected peek(): u8 {
    const byte = this.byte();
    return byte > 0x20 ? byte : this.behindSpace();
  }

  protected behindSpace(): u8 {
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
    return this.refuseAt("not-json", this.position(), this.place);
  }

  protected position(): Text {
    return Text.of("byte ") + Text.ofNumber(this.at - this.start);
  }
}

@inline
export function isDigit(byte: u8): bool {
  return byte >= 48 && byte <= 57;
}
