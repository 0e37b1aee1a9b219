import { type Combination, wordOf, wordsOf } from "./combinations.ts";

/** A combination, and the files of it that run, such as "host/guard". */
export interface Chosen {
  readonly combination: Combination;
  readonly files: readonly string[];
}

/** What there is to choose from. */
export interface Offer {
  readonly combinations: readonly Combination[];
  /** The names of a folder's files of tests, such as "host/guard". */
  filesOf(folder: string): readonly string[];
}

/** Words that choose no tests. */
export class ChoiceError extends Error {
  override readonly name = "ChoiceError";
}

/**
 * What words choose. Words of one kind widen a choice ("core input", "guard lock"), those of several kinds narrow it ("host
 * deno lock"). The short run leaves out combinations, unless words choose nothing else, and what is for later.
 *
 * @throws {ChoiceError} when a word chooses nothing, alone or together with the others.
 */
export function choose(offer: Offer, words: readonly string[], isShort: boolean): Chosen[] {
  const known = knownWords(offer);
  const own = [...new Set(words)].filter((word) => known.includes(word));
  const pieces = [...new Set(words.filter((word) => !known.includes(word)).map(pieceOf))];
  for (const piece of pieces) requireFile(offer, piece);
  const all = chosenBy(offer, own, pieces);
  const lost = unused(own, pieces, all);
  if (lost.length > 0) throw new ChoiceError(`Cannot choose tests by ${list(words)}: ${noneHas(lost)}`);
  const inShort = all.filter(({ combination }) => combination.isInShort);
  if (!isShort || unused(own, pieces, inShort).length > 0) return all;
  const namesFiles = pieces.length > 0 || offer.combinations.some((one) => own.includes(wordOf(one)));
  return namesFiles ? inShort : inShort.map(withoutLater);
}

function chosenBy(offer: Offer, own: readonly string[], pieces: readonly string[]): Chosen[] {
  return offer.combinations
    .filter((combination) => isChosen(combination, own, offer))
    .map((combination) => ({ combination, files: matching(filesIn(offer, combination), pieces) }))
    .filter(({ files }) => files.length > 0);
}

function withoutLater({ combination, files }: Chosen): Chosen {
  const later = combination.later?.map((name) => `${combination.folder}/${name}`) ?? [];
  return { combination, files: files.filter((file) => !later.includes(file)) };
}

// Pieces of names choose among files as words of the command line do.
function filesIn(offer: Offer, { folder, only = [] }: Combination): string[] {
  return matching(offer.filesOf(folder), only);
}

const knownWords = ({ combinations }: Offer) => [...new Set(combinations.flatMap(wordsOf))];

// A file as it is named by a shell: tests/host/guard.test.ts, dist/tests/host/guard.test.js.
function pieceOf(word: string): string {
  return word.replace(/^(?:\.\/)?(?:dist\/)?tests\//, "").replace(/\.test\.[jt]s$/, "");
}

function requireFile(offer: Offer, piece: string): void {
  const folders = [...new Set(offer.combinations.map(({ folder }) => folder))];
  const files = folders.flatMap((folder) => offer.filesOf(folder));
  if (piece !== "" && !piece.startsWith("-") && matching(files, [piece]).length > 0) return;
  throw new ChoiceError(
    [
      `Cannot choose tests by "${piece}": it is no part, and in the name of no file`,
      `Parts: ${knownWords(offer).join(" ")}`,
      ...folders.map((folder) => `Files of ${folder}: ${offer.filesOf(folder).map(nameOf).join(" ")}`),
    ].join("\n"),
  );
}

const nameOf = (file: string) => file.slice(file.indexOf("/") + 1);

function matching(files: readonly string[], pieces: readonly string[]): string[] {
  return files.filter((file) => pieces.length === 0 || pieces.some((piece) => file.includes(piece)));
}

const kinds: readonly ((one: Combination) => string | undefined)[] = [
  wordOf,
  ({ runtime }) => runtime,
  ({ libc }) => libc,
  ({ propagation }) => propagation,
];

// Of each kind that words name, a combination has one of the words.
function isChosen(combination: Combination, words: readonly string[], { combinations }: Offer): boolean {
  return kinds.every((kindOf) => {
    const named = words.filter((word) => combinations.some((one) => kindOf(one) === word));
    return named.length === 0 || named.includes(kindOf(combination) ?? "");
  });
}

/** The words and pieces of file names that choose nothing of what was chosen. */
function unused(words: readonly string[], pieces: readonly string[], chosen: readonly Chosen[]): string[] {
  const used = chosen.flatMap(({ combination }) => wordsOf(combination));
  const files = chosen.flatMap((one) => one.files);
  return [
    ...words.filter((word) => !used.includes(word)),
    ...pieces.filter((piece) => matching(files, [piece]).length === 0),
  ];
}

const list = (words: readonly string[]) => words.map((word) => `"${word}"`).join(" and ");
const noneHas = (lost: readonly string[]) => `nothing of ${list(lost)} is left by all of them`;
