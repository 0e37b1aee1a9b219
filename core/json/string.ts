import { Text } from "../text";

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;

/** The result of reading a JSON string: its text, or a problem. */
@final @unmanaged
export class JsonString {
  constructor(
    /** The text without its escapes, in UTF-8. */
    readonly text: Text,
    /** The address after the closing quote, or after the bytes of the problem. */
    readonly end: usize,
    /** The code of the refusal; "" if the bytes are not JSON. */
    readonly problem: string | null = null,
    /** The address of the first byte of the problem. */
    readonly from: usize = 0,
  ) {}
}

/**
 * Reads the JSON string whose opening quote is at `at` (RFC 8259, section 7), in bytes that end before `end`. A NUL is a
 * problem: paths, names and options of the kernel and the agent cannot contain one.
 */
export function readString(at: usize, end: usize): JsonString {
  return new Decoder(at + 1, end).decode();
}

function notJson(at: usize): JsonString {
  return new JsonString(new Text(at, 0), at, "", at);
}

/** Decodes one string, a character at a time. */
@final @unmanaged
class Decoder {
  private to: usize;
  private readonly start: usize;

  constructor(
    private at: usize,
    private readonly end: usize,
  ) {
    // UTF-8 is never longer than the JSON that it is decoded from: \u0800 has six bytes, and three in UTF-8.
    this.start = heap.alloc(lengthToQuote(at, end));
    this.to = this.start;
  }

  decode(): JsonString {
    while (this.at < this.end) {
      const byte = load<u8>(this.at);
      if (byte == QUOTE) return new JsonString(new Text(this.start, <i32>(this.to - this.start)), this.at + 1);
      if (byte < 0x20) return notJson(this.at);
      if (byte == BACKSLASH) {
        const refused = this.escape();
        if (refused != null) return refused;
      } else {
        const length = characterLength(this.at, this.end);
        if (length == 0) return this.problem("not-utf8", 0);
        memory.copy(this.to, this.at, length);
        this.to += length;
        this.at += length;
      }
    }
    return notJson(this.end);
  }

  private escape(): JsonString | null {
    const kind: u8 = this.at + 1 < this.end ? load<u8>(this.at + 1) : 0;
    if (kind == 0x75) return this.unicodeEscape();
    const byte = simpleEscape(kind);
    if (byte == 0) return notJson(this.at);
    store<u8>(this.to, byte);
    this.to += 1;
    this.at += 2;
    return null;
  }

  private unicodeEscape(): JsonString | null {
    let point = hex4(this.at, this.end);
    if (point < 0) return notJson(this.at);
    if (point == 0) return this.problem("has-nul", 6);
    let length: usize = 6;
    if ((point & 0xf800) == 0xd800) {
      const low = hex4(this.at + 6, this.end);
      const isPair = point < 0xdc00 && low >= 0xdc00 && low <= 0xdfff;
      if (!isPair) return this.problem("lone-surrogate", 6);
      point = 0x10000 + ((point & 0x3ff) << 10) + (low & 0x3ff);
      length = 12;
    }
    this.to += writePoint(this.to, point);
    this.at += length;
    return null;
  }

  private problem(code: string, length: usize): JsonString {
    return new JsonString(new Text(this.at, 0), this.at + length, code, this.at);
  }
}

/** The number of bytes from `at` to the closing quote, or to the end. */
function lengthToQuote(at: usize, end: usize): usize {
  let i = at;
  while (i < end && load<u8>(i) != QUOTE) i += load<u8>(i) == BACKSLASH ? 2 : 1;
  return i - at + 1;
}

function simpleEscape(kind: u8): u8 {
  if (kind == QUOTE || kind == BACKSLASH || kind == 0x2f) return kind;
  if (kind == 0x62) return 0x08;
  if (kind == 0x66) return 0x0c;
  if (kind == 0x6e) return 0x0a;
  if (kind == 0x72) return 0x0d;
  if (kind == 0x74) return 0x09;
  return 0;
}

/** The number of an escape `\uXXXX` at `at`; -1 if there is none. */
function hex4(at: usize, end: usize): i32 {
  if (at + 6 > end || load<u8>(at) != BACKSLASH || load<u8>(at + 1) != 0x75) return -1;
  let value = 0;
  for (let i: usize = 2; i < 6; i++) {
    const digit = hexDigit(load<u8>(at + i));
    if (digit < 0) return -1;
    value = (value << 4) | digit;
  }
  return value;
}

function hexDigit(byte: u8): i32 {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 0x20;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

function writePoint(to: usize, point: i32): usize {
  if (point < 0x80) {
    store<u8>(to, <u8>point);
    return 1;
  }
  const length: usize = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  let rest = point;
  for (let i = length - 1; i > 0; i--) {
    store<u8>(to + i, <u8>(0x80 | (rest & 0x3f)));
    rest >>= 6;
  }
  store<u8>(to, <u8>((0xf00 >> <i32>length) | rest));
  return length;
}

/** The length of the UTF-8 character at `at` (RFC 3629: shortest form, no surrogates); 0 if it is invalid. */
function characterLength(at: usize, end: usize): usize {
  const first = load<u8>(at);
  if (first < 0x80) return 1;
  const length: usize = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > end) return 0;
  for (let i: usize = 1; i < length; i++) {
    if ((load<u8>(at + i) & 0xc0) != 0x80) return 0;
  }
  const second = load<u8>(at + 1);
  if (first == 0xe0 && second < 0xa0) return 0;
  if (first == 0xed && second > 0x9f) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  return length;
}
