import { JsonWriter } from "./json/write";
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

export const READ_ONLY: u32 = 1;
export const ID_MAP: u32 = (1 << 17) | (1 << 18);
/** The words that say when access times are written; no two of them go together. */
export const ACCESS_TIMES: u32 = 0x3f << 9;
/** The words that hold for all mounts below, too. */
export const RECURSIVE: u32 = 0x55554;

// What a mount may have of its own, and what of that says when access times are written.
const OF_A_MOUNT: u32 = 0x2aaab;
const UNUSUAL_ACCESS_TIMES: u32 = (1 << 9) | (1 << 13);
// What every mount has that has no other.
const RELATIME: u32 = 1 << 11;

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
  return attributes & OF_A_MOUNT & ~RELATIME;
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
