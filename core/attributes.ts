import { JsonWriter } from "./json/write";
import { sameLiteral } from "./literal";
import { Text } from "./text";

// An attribute of a share is a bit; its number is the index of its word. From the second word on, each is followed by its
// recursive form.
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
export const ID_MAP: u32 = bitOf("idmap");
/** "idmap" and "ridmap". */
export const ANY_ID_MAP: u32 = bothOf("idmap");
/** The words that say when access times are updated. They exclude each other. */
export const ACCESS_TIMES: u32 = bothOf("noatime") | bothOf("relatime") | bothOf("strictatime");
/** The words that hold for submounts, too. */
export const RECURSIVE: u32 = recursiveBits();

// A mount with neither of these has relatime.
const UNUSUAL_ACCESS_TIMES: u32 = bitOf("noatime") | bitOf("strictatime");
const RELATIME: u32 = bitOf("relatime");

function bitOf(word: string): u32 {
  let bit = 0;
  while (bit < WORDS.length && !sameLiteral(unchecked(WORDS[bit]), word)) bit++;
  if (bit == WORDS.length) unreachable(); // the constants above are initialised when the module is: a word that WORDS lacks stops it
  return 1 << bit;
}

// The bits of a word and of its recursive form.
function bothOf(word: string): u32 {
  const bit = bitOf(word);
  return bit | (bit << 1);
}

function recursiveBits(): u32 {
  let bits: u32 = 0;
  for (let bit = 2; bit < WORDS.length; bit += 2) bits |= 1 << bit;
  return bits;
}

/** The bit of a word, which for "rro" is that of "ro"; 0 if the word is no attribute. */
export function attributeOf(word: Text): u32 {
  const bit = word.indexIn(WORDS);
  if (bit >= 0) return 1 << bit;
  return word.is("rro") ? READ_ONLY : 0;
}

/** The attributes with each recursive word replaced by the plain one. Without submounts both mean the same. */
export function withoutRecursion(attributes: u32): u32 {
  return (attributes | ((attributes & RECURSIVE) >> 1)) & ~RECURSIVE;
}

/** The attributes by which two mounts of one source can differ: without relatime, which is the default. */
export function withoutDefaults(attributes: u32): u32 {
  return attributes & ~(RECURSIVE | RELATIME);
}

/** The attributes that a clone has if its source has `sourceAttributes` and `attributes` are set on the clone. */
export function attributesOfClone(sourceAttributes: u32, attributes: u32): u32 {
  const wanted = withoutRecursion(attributes);
  const kept = (wanted & ACCESS_TIMES) == 0 ? sourceAttributes : sourceAttributes & ~UNUSUAL_ACCESS_TIMES;
  return withoutDefaults(kept | wanted);
}

/** Writes attributes as an array of their words. */
export function writeAttributes(to: JsonWriter, attributes: u32): void {
  let separator = '["';
  for (let bit = 0; bit < WORDS.length; bit++) {
    if ((attributes & (1 << bit)) == 0) continue;
    to.raw(separator).raw(unchecked(WORDS[bit])).raw('"');
    separator = ',"';
  }
  to.raw(attributes == 0 ? "[]" : "]");
}
