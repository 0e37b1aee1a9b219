// Eight bytes are tested at a time, as one number. In a result, the high bit of a byte says that the byte matches. A borrow
// can set the bit of a byte above a match by mistake, so only the lowest set bit is reliable.
const ONES: u64 = 0x0101010101010101;
export const HIGH: u64 = 0x8080808080808080;

/** The bytes among eight that are not ASCII, or that a JSON string has to escape: controls, '"' and '\\'. */
@inline
function notEscapeFree(bytes: u64): u64 {
  // A byte that is not ASCII matches anyway, so it may change the differences.
  const differences = (bytes - ONES * 0x20) | ((bytes ^ (ONES * 0x22)) - ONES) | ((bytes ^ (ONES * 0x5c)) - ONES);
  return (differences | bytes) & HIGH;
}

/** The address of the first byte from `at` on that is not ASCII or needs an escape in JSON; `end` if there is none. */
@inline
export function escapeFreeEnd(at: usize, end: usize): usize {
  while (at + 8 <= end) {
    const others = notEscapeFree(load<u64>(at));
    if (others != 0) return at + <usize>(ctz(others) >> 3);
    at += 8;
  }
  while (at < end && isEscapeFree(load<u8>(at))) at += 1;
  return at;
}

@inline
function isEscapeFree(byte: u8): bool {
  return byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5c;
}

/** The bytes among eight that are equal to `byte`, by their high bits. */
@inline
export function equalTo(bytes: u64, byte: u64): u64 {
  const difference = bytes ^ (ONES * byte);
  return (difference - ONES) & ~difference;
}
