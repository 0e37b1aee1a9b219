import { escaped } from "./escaped.ts";

// What a terminal would obey, or what deceives whoever reads it, is not printed as it is.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text as one word of a POSIX shell. Hidden characters are written as octal numbers of their bytes, for printf. */
export function shellWord(text: string): string {
  if (/^[\w/.:@%+,-]+$/.test(text)) return text;
  if (escaped(text) === text) return `'${text.replaceAll("'", "'\\''")}'`;
  // A shell removes newlines at the end of what a command prints.
  const newlines = /\n*$/.exec(text)?.[0] ?? "";
  return `"$(printf '${formatOf(text.slice(0, text.length - newlines.length))}')${newlines}"`;
}

function formatOf(text: string): string {
  return text
    .replaceAll("%", "%%")
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "\\047")
    .replace(hidden, (character) =>
      [...new TextEncoder().encode(character)]
        .map((byte) => `\\${byte.toString(8).padStart(3, "0")}`)
        .join(""),
    );
}
