import type { Reader } from "./reader.ts";

// Numbers and booleans that stand as text, as Go's strconv reads them.

const booleans: Readonly<Record<string, boolean>> = {
  ...{ "1": true, t: true, T: true, true: true, TRUE: true, True: true },
  ...{ "0": false, f: false, F: false, false: false, FALSE: false, False: false },
};

/** The most that 32 bits hold. */
export const UINT32_MAX = 0xffff_ffff;

/** What strconv.ParseBool makes of a text. */
export function booleanOf(text: Reader): boolean {
  return text.word(booleans);
}

/** What strconv.ParseUint makes of a text, where it fits in 32 bits. */
export function uint32Of(text: Reader): number {
  const digits = text.text();
  if (!/^\d+$/.test(digits)) return text.refuse("wrong-type", "whole number as text");
  const number = Number(digits);
  return number <= UINT32_MAX ? number : text.refuse("out-of-range", digits);
}
