// The command line has one of its own, because it loads nothing of this room before a picture is asked for.
// Control characters move a terminal's cursor, marks of direction change the order in which a line is read, and XML has no lone
// surrogates and no U+FFFE.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]/gu;

/**
 * A text of others for people: what could deceive whoever reads it is written as numbers, such as "\x1b" or "\u{202e}". So are bytes
 * that are no UTF-8.
 */
export function escaped(text: string): string {
  return text.replace(hidden, (character) => {
    const code = character.codePointAt(0) as number;
    // A byte that is no UTF-8 is a lone surrogate in a mount table's paths.
    const byte = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
    const digits = byte.toString(16);
    return byte < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u{${digits}}`;
  });
}
