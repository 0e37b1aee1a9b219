import { JsonWriter } from "./json/write";
import { sameLiteral } from "./literal";
import { Text } from "./text";

// Attributes of a share, as bits in the order of their words. From the second on a word is followed by its recursive one.
const WORDS: StaticArray<string> = [
  "ro",
  "nosuid",
  "rnosuid",
  "nodev",
  "rnodev",
  "noexec",
  "rnoexec",
  "nosymfollow",
  "rnosymfollow",
  "noatime",
  "rnoatime",
  "relatime",
  "rrelatime",
  "strictatime",
  "rstrictatime",
  "nodiratime",
  "rnodiratime",
  "idmap",
  "ridmap",
];

export const READ_ONLY: u32 = bitOf("ro");
export const OWN_ID_MAP: u32 = bitOf("idmap");
export const ID_MAP: u32 = bothOf("idmap");
/** The words that say when access times are written; no two of them go together. */
export const ACCESS_TIMES: u32 = bothOf("noatime") | bothOf("relatime") | bothOf("strictatime");
/** The words that hold for all mounts below, too. */
export const RECURSIVE: u32 = recursiveBits();

// What of a mount's own attributes says when access times are written.
const UNUSUAL_ACCESS_TIMES: u32 = bitOf("noatime") | bitOf("strictatime");
// What every mount has that has no other.
const RELATIME: u32 = bitOf("relatime");

function bitOf(word: string): u32 {
  let bit = 0;
  while (bit < WORDS.length && !sameLiteral(unchecked(WORDS[bit]), word)) bit++;
  if (bit == WORDS.length) unreachable(); // a word of ours that the table has not: no core loads
  return 1 << bit;
}

// Of a word, and of its recursive one.
function bothOf(word: string): u32 {
  const bit = bitOf(word);
  return bit | (bit << 1);
}

function recursiveBits(): u32 {
  let bits: u32 = 0;
  for (let bit = 2; bit < WORDS.length; bit += 2) bits |= 1 << bit;
  return bits;
}

/** The attribute that a word says, "rro" as "ro"; 0 where it says none. */
export function attributeOf(word: Text): u32 {
  const bit = word.placeIn(WORDS);
  if (bit >= 0) return 1 << bit;
  return word.is("rro") ? READ_ONLY : 0;
}

/** The attributes without an "r": where there is one mount only, both say the same. */
export function ofTheMount(attributes: u32): u32 {
  return (attributes | ((attributes & RECURSIVE) >> 1)) & ~RECURSIVE;
}

/** Of what a mount has: all that tells it from others. */
export function comparable(attributes: u32): u32 {
  return attributes & ~(RECURSIVE | RELATIME);
}

/** The attributes of the mount that a clone of a mount with `own` ones gets. */
export function appliedTo(own: u32, attributes: u32): u32 {
  const wanted = ofTheMount(attributes);
  const kept = (wanted & ACCESS_TIMES) == 0 ? own : own & ~UNUSUAL_ACCESS_TIMES;
  return comparable(kept | wanted);
}

/** Writes the words of attributes as an array. */
export function writeAttributes(to: JsonWriter, attributes: u32): void {
  let separator = '["';
  for (let bit = 0; bit < WORDS.length; bit++) {
    if ((attributes & (1 << bit)) == 0) continue;
    to.raw(separator).raw(unchecked(WORDS[bit])).raw('"');
    separator = ',"';
  }
  to.raw(attributes == 0 ? "[]" : "]");
}
