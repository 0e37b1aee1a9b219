import type { Reader } from "./reader.ts";

const powers: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4, p: 5, e: 6 };

/** The bytes of an option such as "size=1g", as the kernel parses it; undefined for a percentage of the memory, "size=50%". */
export function bytesOfTmpfs(option: Reader): number | undefined {
  const text = option.text();
  const [, digits = "", suffix = "", percent] =
    /^size=(0x[\da-f]+|0[0-7]*|[1-9]\d*)([kmgtpe]?)(%?)$/i.exec(text) ?? option.refuse("bad-size", text);
  if (percent) return undefined;
  const value = Number(/^0[0-7]/.test(digits) ? `0o${digits}` : digits);
  const bytes = value * 1024 ** (powers[suffix.toLowerCase()] ?? 0);
  return Number.isSafeInteger(bytes) ? bytes : option.refuse("out-of-range", text);
}
