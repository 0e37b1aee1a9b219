import { List } from "../list";
import { lengthOf, startOf } from "../literal";
import { refuse } from "../refusal";
import { copyInline, copyLiteral, Text } from "../text";
import { isUnusual } from "./unusual";

// Far above any plan in use, far below what memory and a text of JavaScript's engines can hold.
export const MAX_WRITTEN: usize = 64 << 20;

/** Writes JSON into a buffer that grows up to a limit; beyond it, what was asked is refused. */
@final @unmanaged
export class JsonWriter {
  private start: usize;
  private to: usize;
  private end: usize;

  constructor(room: usize) {
    this.start = heap.alloc(room);
    this.to = this.start;
    this.end = this.start + room;
  }

  /** What was written. */
  text(): Text {
    return new Text(this.start, <i32>(this.to - this.start));
  }

  /** JSON's own signs and words, or a name in quotes: ASCII that needs no escape. */
  raw(literal: string): JsonWriter {
    const length = lengthOf(literal);
    this.reserve(length);
    copyInline(this.to, startOf(literal), length);
    this.to += length;
    return this;
  }

  /** JSON's own signs and a name in quotes, and behind them a JSON string. */
  field(literal: string, text: Text): JsonWriter {
    if (isUnusual()) return this.raw(literal).escaped(text, false);
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

  /** A JSON string. */
  string(text: Text): JsonWriter {
    return this.field("", text);
  }

  /** A JSON string of any text; as `html`, with the escapes that Go's json.Marshal has besides. */
  escaped(text: Text, html: bool): JsonWriter {
    this.reserve(text.length * 6 + 2); // \u0001, six bytes for one, is the longest
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

  /** An array of JSON strings. */
  strings(texts: List<Text>): JsonWriter {
    this.raw("[");
    for (let i = 0; i < texts.length; i++) {
      if (i > 0) this.raw(",");
      this.string(texts[i]);
    }
    return this.raw("]");
  }

  /** A whole number, not negative. */
  integer(value: i64): JsonWriter {
    if (value >= 10) this.integer(value / 10);
    this.reserve(1);
    store<u8>(this.to, <u8>(48 + (value % 10)));
    this.to += 1;
    return this;
  }

  boolean(value: bool): JsonWriter {
    return this.raw(value ? "true" : "false");
  }

  @inline
  private reserve(more: usize): void {
    if (this.end - this.to < more) this.grow(more);
  }

  private grow(more: usize): void {
    let written = this.to - this.start;
    if (written + more > MAX_WRITTEN) {
      refuse("too-large", null, Text.empty);
      // What is written from here on is not read: the room that there is will do.
      this.to = this.start;
      if (more <= this.end - this.start) return;
      written = 0;
    }
    let room = (this.end - this.start) * 2;
    while (room < written + more) room *= 2;
    const start = heap.alloc(room);
    memory.copy(start, this.start, written);
    this.start = start;
    this.to = start + written;
    this.end = this.start + room;
  }
}

@inline
function isMarkup(byte: u8): bool {
  return byte == 0x3c || byte == 0x3e || byte == 0x26;
}

// U+2028 and U+2029, in UTF-8 e2 80 a8 and e2 80 a9: JavaScript once took them for ends of lines.
function isLineSeparator(text: Text, i: i32): bool {
  return text.at(i) == 0xe2 && i + 2 < text.length && text.at(i + 1) == 0x80 && (text.at(i + 2) | 1) == 0xa9;
}

/** Writes the escape of a byte as JSON.stringify does, and gives where it ended. */
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
