import { lengthOf, startOf } from "./literal";

// A text of length 0 in static memory.
const EMPTY: usize = memory.data<u32>([0, 0]);

/** A view of UTF-8 bytes in memory, which do not change once the text is complete. */
@final @unmanaged
export class Text {
  constructor(
    /** The address of the first byte. */
    readonly start: usize,
    /** In bytes. */
    readonly length: i32,
  ) {}

  /** The empty text. */
  @inline
  static get empty(): Text {
    return changetype<Text>(EMPTY);
  }

  /** The bytes of a literal, which must be ASCII. */
  static of(literal: string): Text {
    return new Text(startOf(literal), lengthOf(literal));
  }

  /** The decimal digits of a number that is not negative. */
  static ofNumber(number: i64): Text {
    const digits = Text.allocate(20);
    let at = 20;
    do {
      at -= 1;
      store<u8>(digits.start + at, <u8>(48 + (number % 10)));
      number /= 10;
    } while (number > 0);
    return digits.from(at);
  }

  /** A text of `length` bytes, which the caller has to write before anybody reads them. */
  static allocate(length: i32): Text {
    return new Text(heap.alloc(length), length);
  }

  @operator("+")
  static plus(left: Text, right: Text): Text {
    const text = Text.allocate(left.length + right.length);
    copyBytes(text.start, left.start, left.length);
    copyBytes(text.start + left.length, right.start, right.length);
    return text;
  }

  /** This text followed by an ASCII literal. */
  append(literal: string): Text {
    const text = Text.allocate(this.length + lengthOf(literal));
    copyBytes(text.start, this.start, this.length);
    copyLiteral(text.start + this.length, literal);
    return text;
  }

  @inline
  at(index: i32): u8 {
    return load<u8>(this.start + index);
  }

  /** Whether this text is equal to an ASCII literal. */
  is(literal: string): bool {
    return this.length == lengthOf(literal) && sameBytes(this.start, startOf(literal), this.length);
  }

  /** The index of the ASCII literal that is equal to this text; -1 if none is. */
  indexIn(literals: StaticArray<string>): i32 {
    for (let i = 0; i < literals.length; i++) {
      const literal = unchecked(literals[i]);
      if (this.length == lengthOf(literal) && sameBytes(this.start, startOf(literal), this.length)) return i;
    }
    return -1;
  }

  /** Whether this text begins with an ASCII literal. */
  startsWith(literal: string): bool {
    const length = lengthOf(literal);
    return this.length >= length && sameBytes(this.start, startOf(literal), length);
  }

  /** Whether this text contains an ASCII literal. */
  includes(literal: string): bool {
    const length = lengthOf(literal);
    for (let from = 0; from + length <= this.length; from++) {
      if (sameBytes(this.start + from, startOf(literal), length)) return true;
    }
    return false;
  }

  equals(other: Text): bool {
    return this.length == other.length && sameBytes(this.start, other.start, this.length);
  }

  /** The bytes from `begin` up to, but not including, `end`. */
  slice(begin: i32, end: i32): Text {
    return new Text(this.start + begin, end - begin);
  }

  /** The bytes from `begin` to the end. */
  from(begin: i32): Text {
    return this.slice(begin, this.length);
  }

  /** The first `length` bytes, or fewer so that no character is cut in two. */
  truncate(length: i32): Text {
    if (this.length <= length) return this;
    let end = length;
    // A byte 10xxxxxx continues a character (RFC 3629).
    while (end > 0 && (this.at(end) & 0xc0) == 0x80) end -= 1;
    return this.slice(0, end);
  }
}

/** Copies bytes, eight at a time. For short runs that is faster than memory.copy, which leaves the module. */
export function copyBytes(to: usize, from: usize, length: i32): void {
  copyInline(to, from, length);
}

/** As `copyBytes`, compiled into the caller. */
@inline
export function copyInline(to: usize, from: usize, length: i32): void {
  if (length < 8) {
    for (let i = 0; i < length; i++) store<u8>(to + i, load<u8>(from + i));
  } else {
    const last = length - 8;
    for (let i = 0; i < last; i += 8) store<u64>(to + i, load<u64>(from + i));
    // These eight bytes overlap those before them, unless the length is a multiple of eight.
    store<u64>(to + last, load<u64>(from + last));
  }
}

/** Writes the bytes of an ASCII literal at `to`. */
export function copyLiteral(to: usize, literal: string): void {
  copyBytes(to, startOf(literal), lengthOf(literal));
}

/** Whether two runs of bytes of the same length are equal. */
export function sameBytes(one: usize, other: usize, length: i32): bool {
  if (length >= 8) {
    const last = length - 8;
    for (let i = 0; i < last; i += 8) {
      if (load<u64>(one + i) != load<u64>(other + i)) return false;
    }
    return load<u64>(one + last) == load<u64>(other + last);
  }
  for (let i = 0; i < length; i++) {
    if (load<u8>(one + i) != load<u8>(other + i)) return false;
  }
  return true;
}
