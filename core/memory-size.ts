import { Text } from "./text";

/** The result for a percentage of the machine's memory, such as "50%": only the kernel knows how many bytes that is. */
export const PERCENTAGE: i64 = -2;

const MAX_BITS: i32 = 62;

/**
 * The bytes that "1g", "65536k", "0x1000" or "1048576" mean as the size of a tmpfs, as the kernel parses it (memparse).
 * PERCENTAGE for a percentage, -1 if the text is no size.
 */
export function memorySizeOf(size: Text): i64 {
  const radix = radixOf(size);
  const begin = radix == 16 ? 2 : 0;
  let at = begin;
  let value: i64 = 0;
  for (; at < size.length && digitOf(size.at(at)) < radix; at++) {
    if (value >= <i64>1 << (MAX_BITS - 4)) return -1;
    value = value * radix + digitOf(size.at(at));
  }
  if (at == begin) return -1;
  const power = at < size.length ? powerOf(size.at(at) | 0x20) : 0;
  if (power > 0) at += 1;
  if (at == size.length - 1 && size.at(at) == 0x25) return PERCENTAGE;
  if (at != size.length || value > (<i64>1 << MAX_BITS) >> (10 * power)) return -1;
  return value << (10 * power);
}

// As in C, a number that begins with "0x" is hexadecimal, and one that begins with "0" is octal.
function radixOf(size: Text): i64 {
  if (size.length < 2 || size.at(0) != 0x30) return 10;
  return (size.at(1) | 0x20) == 0x78 ? 16 : 8;
}

function digitOf(byte: u8): i64 {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : i64.MAX_VALUE;
}

// The power of 1024 of a suffix: k, m, g, t, p or e; 0 for any other byte.
function powerOf(suffix: u8): i32 {
  if (suffix == 0x6b) return 1;
  if (suffix == 0x6d) return 2;
  if (suffix == 0x67) return 3;
  if (suffix == 0x74) return 4;
  return suffix == 0x70 ? 5 : suffix == 0x65 ? 6 : 0;
}
