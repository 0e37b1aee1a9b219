import { Text } from "./text";

const MAX_DIGITS: i32 = 15;

/** The bytes that "2M", "2MB", "2 MiB" or "1048576" mean (Go's units.RAMInBytes, whole numbers only); -1 if it is no size. */
export function bytesOf(size: Text): i64 {
  let value: i64 = 0;
  let at = 0;
  for (; at < size.length && at < MAX_DIGITS && size.at(at) >= 48 && size.at(at) <= 57; at++) {
    value = value * 10 + (size.at(at) - 48);
  }
  if (at == 0) return -1;
  if (at < size.length && size.at(at) == 0x20) at += 1;
  const power = at < size.length ? powerOf(size.at(at) | 0x20) : 0;
  if (power > 0) {
    at += 1;
    if (at < size.length && (size.at(at) | 0x20) == 0x69) at += 1;
  }
  if (at < size.length && (size.at(at) | 0x20) == 0x62) at += 1;
  if (at != size.length || value > i64.MAX_VALUE >> (10 * power)) return -1;
  return value << (10 * power);
}

// The power of 1024 of a suffix: k, m, g, t or p; 0 for any other byte.
function powerOf(suffix: u8): i32 {
  if (suffix == 0x6b) return 1;
  if (suffix == 0x6d) return 2;
  if (suffix == 0x67) return 3;
  if (suffix == 0x74) return 4;
  return suffix == 0x70 ? 5 : 0;
}
