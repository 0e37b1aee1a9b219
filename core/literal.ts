// A literal of the core is no string of AssemblyScript's but a number: where its ASCII bytes are in LITERALS, and in the low
// byte how many. wasm/literals.mjs makes it so, and puts the bytes here. Only these functions may look into one; `length`,
// `==` and all else of a string's would read something else.

// @ts-ignore: decorator
@global const LITERALS: usize = memory.data<u8>([0]);

/** How many bytes a literal has. */
@inline
export function lengthOf(literal: string): i32 {
  return <i32>(changetype<usize>(literal) & 0xff);
}

/** Where the first of them is. */
@inline
export function startOf(literal: string): usize {
  return LITERALS + (changetype<usize>(literal) >> 8);
}

/** Whether two literals say the same: each is in LITERALS once. */
export function sameLiteral(one: string, other: string): bool {
  return changetype<usize>(one) == changetype<usize>(other);
}
