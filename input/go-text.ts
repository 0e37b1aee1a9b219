import type { Reader } from "./reader.ts";

// Numbers and booleans in texts, as Go's strconv parses them.

const booleans: Readonly<Record<string, boolean>> = {
  ...{ "1": true, t: true, T: true, true: true, TRUE: true, True: true },
  ...{ "0": false, f: false, F: false, false: false, FALSE: false, False: false },
};

/** The largest unsigned number of 32 bits. */
export const UINT32_MAX = 0xffff_ffff;

/** A boolean, as strconv.ParseBool parses it. */
export function booleanOf(text: Reader): boolean {
  return text.word(booleans);
}

/** A whole number of at most 32 bits, as strconv.ParseUint parses it. */
export function uint32Of(text: Reader): number {
  const digits = text.text();
  if (!/^\d+$/.test(digits)) return text.refuse("wrong-type", "whole number as a text");
  const number = Number(digits);
  return number <= UINT32_MAX ? number : text.refuse("out-of-range", digits);
}
