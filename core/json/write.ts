import { List } from "../list";
import { lengthOf, startOf } from "../literal";
import { refuse } from "../refusal";
import { copyInline, copyLiteral, Text } from "../text";
import { needsEscapes } from "./needs-escape";

/** The most bytes of a plan: far more than any real plan has, far less than a string of a JavaScript engine may have. */
export const MAX_WRITTEN: usize = 64 << 20;

/** Writes JSON into a buffer that grows up to MAX_WRITTEN. If that is exceeded, the request is refused. */
@final @unmanaged
export class JsonWriter {
  private start: usize;
  private to: usize;
  private end: usize;

  constructor(capacity: usize) {
    this.start = heap.alloc(capacity);
    this.to = this.start;
    this.end = this.start + capacity;
  }

  /** The JSON so far. */
  text(): Text {
    return new Text(this.start, <i32>(this.to - this.start));
  }

  /** Writes a piece of JSON as it is: ASCII without escapes. */
  raw(literal: string): JsonWriter {
    const length = lengthOf(literal);
    this.reserve(length);
    copyInline(this.to, startOf(literal), length);
    this.to += length;
    return this;
  }

  /** Writes a piece of JSON, such as `,"path":`, and a string after it. */
  field(literal: string, text: Text): JsonWriter {
    if (needsEscapes()) return this.raw(literal).escaped(text, false);
    const length = lengthOf(literal);
    this.reserve(length + text.length + 2);
    const to = this.to + length;
    copyInline(this.to, startOf(literal), length);
    store<u8>(to, 0x22);
    copyInline(to + 1, text.start, text.length);
    store<u8>(to + 1 + text.length, 0x22);
    this.to = to + text.length + 2;
    return this;
  }

  /** Writes a string. */
  string(text: Text): JsonWriter {
    return this.field("", text);
  }

  /** Writes a string with escapes; with `html`, also with those that Go's json.Marshal adds. */
  escaped(text: Text, html: bool): JsonWriter {
    this.reserve(text.length * 6 + 2); // the longest escape, \u0001, has six bytes
    let to = this.to;
    store<u8>(to++, 0x22);
    for (let i = 0; i < text.length; i++) {
      const byte = text.at(i);
      if (html && isLineSeparator(text, i)) {
        copyLiteral(to, "\\u202");
        store<u8>(to + 5, text.at(i + 2) == 0xa8 ? 0x38 : 0x39);
        to += 6;
        i += 2;
      } else if (byte < 0x20 || byte == 0x22 || byte == 0x5c || (html && isMarkup(byte))) to = escape(to, byte);
      else store<u8>(to++, byte);
    }
    store<u8>(to++, 0x22);
    this.to = to;
    return this;
  }

  /** Writes an array of strings. */
  strings(texts: List<Text>): JsonWriter {
    this.raw("[");
    for (let i = 0; i < texts.length; i++) {
      if (i > 0) this.raw(",");
      this.string(texts[i]);
    }
    return this.raw("]");
  }

  /** Writes a whole number that is not negative. */
  integer(value: i64): JsonWriter {
    if (value >= 10) this.integer(value / 10);
    this.reserve(1);
    store<u8>(this.to, <u8>(48 + (value % 10)));
    this.to += 1;
    return this;
  }

  @inline
  private reserve(more: usize): void {
    if (this.end - this.to < more) this.grow(more);
  }

  private grow(more: usize): void {
    let written = this.to - this.start;
    if (written + more > MAX_WRITTEN) {
      refuse("too-large", null, Text.empty);
      // Nobody reads what is written after a refusal, so the buffer is used again from its start.
      this.to = this.start;
      if (more <= this.end - this.start) return;
      written = 0;
    }
    let capacity = (this.end - this.start) * 2;
    while (capacity < written + more) capacity *= 2;
    const start = heap.alloc(capacity);
    memory.copy(start, this.start, written);
    this.start = start;
    this.to = start + written;
    this.end = this.start + capacity;
  }
}

@inline
function isMarkup(byte: u8): bool {
  return byte == 0x3c || byte == 0x3e || byte == 0x26;
}

// U+2028 and U+2029, in UTF-8 e2 80 a8 and e2 80 a9: older versions of JavaScript end a line there.
function isLineSeparator(text: Text, i: i32): bool {
  return text.at(i) == 0xe2 && i + 2 < text.length && text.at(i + 1) == 0x80 && (text.at(i + 2) | 1) == 0xa9;
}

/** Writes the escape of a byte as JSON.stringify does. The result is the address after it. */
function escape(to: usize, byte: u8): usize {
  store<u8>(to, 0x5c);
  const short = shortEscape(byte);
  store<u8>(to + 1, short != 0 ? short : 0x75);
  if (short != 0) return to + 2;
  store<u16>(to + 2, 0x3030);
  store<u8>(to + 4, 48 + (byte >> 4));
  const low = byte & 15;
  store<u8>(to + 5, low < 10 ? 48 + low : 87 + low);
  return to + 6;
}

function shortEscape(byte: u8): u8 {
  if (byte == 0x22 || byte == 0x5c) return byte;
  if (byte == 0x08) return 0x62;
  if (byte == 0x09) return 0x74;
  if (byte == 0x0a) return 0x6e;
  if (byte == 0x0c) return 0x66;
  return byte == 0x0d ? 0x72 : 0;
}
