const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

// For each UTF-16 code unit, 1 if it is not printable ASCII or needs an escape. A table is faster than comparisons.
const needsEscape = new Uint8Array(2 ** 16).fill(1);
needsEscape.fill(0, 0x20, 0x7f);
needsEscape[QUOTE] = 1;
needsEscape[BACKSLASH] = 1;

/**
 * Writes the JSON of a value into `bytes`, as JSON.stringify and an encoder would, in half the time. Returns its length, or -1 if
 * the fast path cannot write the value: it writes records, arrays, booleans, small whole numbers and strings of printable
 * ASCII without escapes, as nearly all requests have, and only as many as fit.
 */
export function writeFastJson(value: unknown, bytes: Uint8Array): number {
  const end = writeValue(value, bytes, 0);
  return end <= bytes.length ? end : -1;
}

// Each function returns the index after what it wrote, or Infinity if the fast path cannot write the value. Infinity plus
// anything is Infinity, so only the end result is checked.
function writeValue(value: unknown, bytes: Uint8Array, at: number): number {
  if (typeof value === "string") return writeString(value, bytes, at);
  if (value === true) return writeWord("true", bytes, at);
  if (value === false) return writeWord("false", bytes, at);
  if (typeof value === "number") return writeInteger(value, bytes, at);
  if (typeof value !== "object" || value === null || at > bytes.length) return Number.POSITIVE_INFINITY;
  if ((value as { toJSON?: unknown }).toJSON !== undefined) return Number.POSITIVE_INFINITY;
  if (Array.isArray(value)) return writeArray(value, bytes, at);
  const isRecord = Object.getPrototypeOf(value) === Object.prototype;
  return isRecord ? writeRecord(value, bytes, at) : Number.POSITIVE_INFINITY;
}

function writeRecord(record: object, bytes: Uint8Array, start: number): number {
  let at = start;
  bytes[at++] = 0x7b;
  for (const key in record) {
    const value = (record as Record<string, unknown>)[key];
    if (value === undefined) continue;
    if (at > start + 1) bytes[at++] = COMMA;
    at = writeString(key, bytes, at);
    bytes[at++] = COLON;
    at = writeValue(value, bytes, at);
  }
  bytes[at++] = 0x7d;
  return at;
}

function writeArray(items: readonly unknown[], bytes: Uint8Array, start: number): number {
  let at = start;
  bytes[at++] = 0x5b;
  for (let i = 0; i < items.length; i++) {
    if (i > 0) bytes[at++] = COMMA;
    at = writeValue(items[i], bytes, at);
  }
  bytes[at++] = 0x5d;
  return at;
}

function writeString(text: string, bytes: Uint8Array, start: number): number {
  const from = start + 1;
  let escapes = 0;
  bytes[start] = QUOTE;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    escapes |= needsEscape[unit] as number;
    bytes[from + i] = unit;
  }
  bytes[from + text.length] = QUOTE;
  return escapes === 0 ? from + text.length + 1 : Number.POSITIVE_INFINITY;
}

function writeInteger(value: number, bytes: Uint8Array, at: number): number {
  if (!(value >= 0 && value < 2 ** 31 && (value | 0) === value) || Object.is(value, -0))
    return Number.POSITIVE_INFINITY;
  let end = at + 1;
  for (let rest = value; rest >= 10; rest = (rest / 10) | 0) end += 1;
  let to = end;
  let rest = value;
  do {
    bytes[--to] = 0x30 + (rest % 10);
    rest = (rest / 10) | 0;
  } while (to > at);
  return end;
}

function writeWord(word: string, bytes: Uint8Array, start: number): number {
  for (let i = 0; i < word.length; i++) bytes[start + i] = word.charCodeAt(i);
  return start + word.length;
}
