import { Text } from "./text";

/** A size that is a part of the machine's memory, such as "50%": how much that is, only its kernel knows. */
export const OF_MEMORY: i64 = -2;

const MAX_BITS: i32 = 62;

/**
 * The bytes that a tmpfs takes from "1g", "65536k", "0x1000" or "1048576", as the kernel reads it (memparse); OF_MEMORY for
 * a part of the memory, -1 for what is no size.
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
  if (at == size.length - 1 && size.at(at) == 0x25) return OF_MEMORY;
  if (at != size.length || value > (<i64>1 << MAX_BITS) >> (10 * power)) return -1;
  return value << (10 * power);
}

// As in C: "0x10" is 16, and "010" is 8.
function radixOf(size: Text): i64 {
  if (size.length < 2 || size.at(0) != 0x30) return 10;
  return (size.at(1) | 0x20) == 0x78 ? 16 : 8;
}

function digitOf(letter: u8): i64 {
  if (letter >= 0x30 && letter <= 0x39) return letter - 0x30;
  const lower = letter | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : i64.MAX_VALUE;
}

// Of 1024, by the letter: k, m, g, t, p, e.
function powerOf(letter: u8): i32 {
  if (letter == 0x6b) return 1;
  if (letter == 0x6d) return 2;
  if (letter == 0x67) return 3;
  if (letter == 0x74) return 4;
  return letter == 0x70 ? 5 : letter == 0x65 ? 6 : 0;
}
