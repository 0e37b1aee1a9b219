// What people write whose letters do not show what they mean.
const others: ReadonlyMap<string, string> = new Map([
  ["target", "destination"],
  ["recursive", "rbind"],
  ["readonly", "ro"],
  ["readwrite", "rw"],
  ["fc", "firecracker"],
]);

/**
 * Which of some words somebody meant who wrote another one: `readonly` is "ro", `src` is "source", `9p` is "virtio-9p".
 * Undefined where none is like it.
 */
export function nearestOf(written: string, words: readonly string[]): string | undefined {
  if (written.length > LONGEST) return undefined;
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const word of words) {
    const distance = distanceOf(lettersOf(written), lettersOf(word));
    if (distance < least) [nearest, least] = [word, distance];
  }
  return nearest;
}

// What is longer is no word that was mistyped.
const LONGEST = 64;

// Without what people leave out or write in another way: `shared_fs`, `sharedFS`, `shared-fs`.
function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, "");
}

// The smaller the nearer: the same letters, another name of it, a slip, a part of it, its letters with gaps.
function distanceOf(written: string, word: string): number {
  if (written === "" || word === "") return Number.POSITIVE_INFINITY;
  if (written === word) return 0;
  if (others.get(written) === word) return 1;
  const [short = "", long = ""] = written.length < word.length ? [written, word] : [word, written];
  const slips = slipsBetween(written, word);
  if (slips <= Math.min(3, long.length / 3)) return 1 + slips;
  const gap = (long.length - short.length) / LONGEST;
  if (short.length < 2) return Number.POSITIVE_INFINITY;
  if (long.startsWith(short) || long.endsWith(short)) return 5 + gap;
  // Two letters are in many words.
  if (short.length < 3) return Number.POSITIVE_INFINITY;
  if (long.includes(short)) return 5 + gap;
  return short[0] === long[0] && hasInOrder(long, short) ? 10 + gap : Number.POSITIVE_INFINITY;
}

function hasInOrder(long: string, short: string): boolean {
  let at = 0;
  for (const letter of long) if (letter === short[at]) at += 1;
  return at === short.length;
}

// How many letters have to be put in, left out, exchanged for another or for their neighbour.
function slipsBetween(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const least = Math.min(
        (above[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (above[j - 1] as number) + (isSame ? 0 : 1),
      );
      row.push(isSwapped ? Math.min(least, (before[j - 2] as number) + 1) : least);
    }
    [before, above] = [above, row];
  }
  return above[other.length] as number;
}

/** What there is instead of a word that is none, as a part of a sentence: the nearest one, and all of them. */
export function insteadOf(written: string, words: readonly string[]): string {
  const nearest = nearestOf(written, words);
  const known = words.map((word) => JSON.stringify(word)).join(", ");
  return `${nearest === undefined ? "" : `perhaps ${JSON.stringify(nearest)} is meant; `}known are ${known}`;
}
