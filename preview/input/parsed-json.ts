// No format of ours nests deeper than a few dozens. Engines read a million levels, and then take seconds, or run out of their stack.
const MOST_LEVELS = 5_000;

/**
 * The value of a JSON text.
 *
 * @throws {SyntaxError} if it is not JSON.
 * @throws {RangeError} if it is nested too deep.
 */
export function parsedJson(text: string): unknown {
  if (levelsOf(text) > MOST_LEVELS) throw new RangeError("nested too deep");
  return JSON.parse(text);
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const opening = [0x5b, 0x7b];
const closing = [0x5d, 0x7d];

function levelsOf(text: string): number {
  let level = 0;
  let most = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInString = !isInString;
    else if (isInString) at += code === BACKSLASH ? 1 : 0;
    else if (opening.includes(code)) most = Math.max(most, ++level);
    else if (closing.includes(code)) level -= 1;
  }
  return most;
}
