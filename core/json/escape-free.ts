// Eight bytes at a time, as one number: the high bit of a byte in a result says yes for that byte. A borrow may say yes
// for a byte above one that is meant, so only the lowest yes is to be believed.
const ONES: u64 = 0x0101010101010101;
export const HIGH: u64 = 0x8080808080808080;

/** The bytes among eight that are no plain ASCII of a JSON string: controls, '"', '\\', and those of other characters. */
@inline
function unusual(bytes: u64): u64 {
  // With its high bit a byte is one of them anyway: it need not be kept out of the differences.
  const differences = (bytes - ONES * 0x20) | ((bytes ^ (ONES * 0x22)) - ONES) | ((bytes ^ (ONES * 0x5c)) - ONES);
  return (differences | bytes) & HIGH;
}

/** Where the first byte stands from `at` on that is no plain ASCII of a JSON string; `end` where there is none. */
@inline
export function plainEnd(at: usize, end: usize): usize {
  while (at + 8 <= end) {
    const others = unusual(load<u64>(at));
    if (others != 0) return at + <usize>(ctz(others) >> 3);
    at += 8;
  }
  while (at < end && isPlain(load<u8>(at))) at += 1;
  return at;
}

@inline
function isPlain(byte: u8): bool {
  return byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5c;
}

/** The bytes among eight that are this one, by their high bits. */
@inline
export function equalTo(bytes: u64, byte: u64): u64 {
  const difference = bytes ^ (ONES * byte);
  return (difference - ONES) & ~difference;
}
