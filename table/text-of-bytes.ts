// Without ignoreBOM a text that begins with U+FEFF would lose it.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// A byte that is no UTF-8 becomes the lone surrogate U+DC00 + byte, which no UTF-8 gives: so names stay apart.
const SURROGATES = 0xdc00;
const LONGEST_CHARACTER = 4;

/** Bytes as text, whatever they are. */
export function textOfBytes(bytes: Uint8Array): string {
  return decoded(bytes) ?? linesOf(bytes).join("\n");
}

// Few lines have such bytes, and the others are read at once.
function linesOf(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let from = 0; from <= bytes.length; ) {
    const end = bytes.indexOf(10, from);
    const line = bytes.subarray(from, end === -1 ? bytes.length : end);
    lines.push(decoded(line) ?? characterByCharacter(line));
    from += line.length + 1;
  }
  return lines;
}

function characterByCharacter(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(bytes[at] as number);
    const character = at + length <= bytes.length ? decoded(bytes.subarray(at, at + length)) : undefined;
    text += character ?? String.fromCharCode(SURROGATES + (bytes[at] as number));
    at += character === undefined ? 1 : length;
  }
  return text;
}

// How many bytes the character has that begins with this one.
function lengthAt(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : LONGEST_CHARACTER;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
