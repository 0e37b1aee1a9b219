// Words that people write for words of ours that are spelt differently.
const synonyms: ReadonlyMap<string, string> = new Map([
  ["target", "destination"],
  ["recursive", "rbind"],
  ["readonly", "ro"],
  ["readwrite", "rw"],
  ["fc", "firecracker"],
]);

/**
 * The word that is most similar to a written one, and so probably was meant: "ro" for `readonly`, "source" for `src`, "virtio-9p" for
 * `9p`. Undefined if no word is similar.
 */
export function nearestOf(written: string, words: readonly string[]): string | undefined {
  if (written.length > MAX_LENGTH) return undefined;
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const word of words) {
    const distance = distanceOf(normalized(written), normalized(word));
    if (distance < least) [nearest, least] = [word, distance];
  }
  return nearest;
}

// A longer text is not a misspelt word.
const MAX_LENGTH = 64;

// A word without differences of case and punctuation: `shared_fs`, `sharedFS` and `shared-fs` become the same.
function normalized(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, "");
}

// How far two words are apart. The ranks are: equal, a synonym, a few edits, a part of the other, a subsequence of the other.
function distanceOf(written: string, word: string): number {
  if (written === "" || word === "") return Number.POSITIVE_INFINITY;
  if (written === word) return 0;
  if (synonyms.get(written) === word) return 1;
  const [short = "", long = ""] = written.length < word.length ? [written, word] : [word, written];
  const edits = editsBetween(written, word);
  if (edits <= Math.min(3, long.length / 3)) return 1 + edits;
  const gap = (long.length - short.length) / MAX_LENGTH;
  if (short.length < 2) return Number.POSITIVE_INFINITY;
  if (long.startsWith(short) || long.endsWith(short)) return 5 + gap;
  // Many words contain the same two characters.
  if (short.length < 3) return Number.POSITIVE_INFINITY;
  if (long.includes(short)) return 5 + gap;
  return short[0] === long[0] && hasInOrder(long, short) ? 10 + gap : Number.POSITIVE_INFINITY;
}

function hasInOrder(long: string, short: string): boolean {
  let at = 0;
  for (const character of long) if (character === short[at]) at += 1;
  return at === short.length;
}

// The number of characters to insert, delete, replace or swap with their neighbour (optimal string alignment distance).
function editsBetween(one: string, other: string): number {
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

/** The part of an error's sentence that lists the accepted words, with the nearest one first. */
export function insteadOf(written: string, words: readonly string[]): string {
  const nearest = nearestOf(written, words);
  const known = words.map((word) => JSON.stringify(word)).join(", ");
  return `${nearest === undefined ? "" : `perhaps ${JSON.stringify(nearest)} is meant; `}known are ${known}`;
}
