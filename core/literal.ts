// A literal of the core is ASCII bytes in static memory, with one for its length before them: wasm/literals.mjs puts them
// here. Only this file's functions may look into one; `length`, `==` and all else of a string's would read something else.

// @ts-ignore: decorator
@global const LITERALS: usize = memory.data<u8>([0]);

/** How many bytes a literal has. */
@inline
export function lengthOf(literal: string): i32 {
  return load<u8>(changetype<usize>(literal));
}

/** Where the first of them is. */
@inline
export function startOf(literal: string): usize {
  return changetype<usize>(literal) + 1;
}
