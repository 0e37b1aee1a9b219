import { escaped } from "../escaped.ts";

// What takes the width of two letters in a font of one width, and what takes none.
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u;
const combining = /\p{M}/u;

/** How many letters wide a text is in a font of one width. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

function widthOfCharacter(character: string): number {
  // Most of a path is ASCII.
  if (character <= "\x7f") return 1;
  if (combining.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** A text of others that is at most so many letters wide. In the place of its middle it has "…": paths differ at their ends. */
export function fitted(text: string, most: number): string {
  // No text is read further than may be shown: each of its characters takes a letter, but for combining ones.
  const bound = 8 * most;
  const shown = text.length <= 2 * bound ? escaped(text) : ends(text, bound);
  if (shown.length <= most && widthOf(shown) <= most) return shown;
  const characters = [...shown];
  const tail = within(characters.reverse(), Math.floor((most - 1) * 0.6));
  const head = within(characters.reverse(), most - 1 - widthOf(tail.join("")));
  return `${head.join("")}…${tail.reverse().join("")}`;
}

// No half of a character.
function ends(text: string, bound: number): string {
  const head = text.slice(0, bound).replace(/[\ud800-\udbff]$/, "");
  const tail = text.slice(-bound).replace(/^[\udc00-\udfff]/, "");
  return `${escaped(head)}${escaped(tail)}`;
}

function within(characters: readonly string[], most: number): string[] {
  const kept: string[] = [];
  let width = 0;
  for (const character of characters) {
    width += widthOfCharacter(character);
    if (width > most) break;
    kept.push(character);
  }
  return kept;
}

const entities: Readonly<Record<string, string>> = {
  ...{ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" },
};

/** A text as XML has it, also between quotes. What XML cannot have is written as numbers. */
export function xmlText(text: string): string {
  return text
    .split("\n")
    .map((line) => escaped(line).replace(/[&<>"']/g, (character) => entities[character] ?? ""))
    .join("\n");
}
