// A string literal of the core is not a string at run time but a number: the offset of its ASCII bytes in LITERALS, and in
// the low byte their length. wasm/literals.mjs compiles them so, and fills LITERALS. Only the functions of this file may
// inspect a literal: `length`, `==` and other operations on strings would read wrong memory.

// @ts-ignore: decorator
@global const LITERALS: usize = memory.data<u8>([0]);

/** The length of a literal in bytes. */
@inline
export function lengthOf(literal: string): i32 {
  return <i32>(changetype<usize>(literal) & 0xff);
}

/** The address of a literal's first byte. */
@inline
export function startOf(literal: string): usize {
  return LITERALS + (changetype<usize>(literal) >> 8);
}

/** Whether two literals are equal. They are if their numbers are, because LITERALS has each text once. */
export function sameLiteral(one: string, other: string): bool {
  return changetype<usize>(one) == changetype<usize>(other);
}
