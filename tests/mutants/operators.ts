/** A change of one place in a file's text. */
export interface Mutation {
  readonly operator: string;
  /** From 1. */
  readonly line: number;
  /** Where in the text it is, what is there and what comes there. */
  readonly at: number;
  readonly before: string;
  readonly after: string;
}

type Operator = (code: string) => Omit<Mutation, "operator" | "line">[];

const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/;
const literal =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/(?![*/ ])(?:[^/\\\n[]|\\.|\[[^\]\n]*\])+\/[dgimsuy]*(?=[.,;)])/;
const noCode = [
  /^(?:import|export)\b[^;{]*?(?:\{[^}]*\})?[^;{]*? from [^;]*;/gm,
  /^\s*(?:export )?(?:declare )?interface \w[^{]*\{[\s\S]*?^\}/gm,
  /^(?:export )?type \w[^=]*=[\s\S]*?;$/gm,
];

/** Text of the same length in which only code is left: no comments, no texts, no imports, no types. */
export function onlyCode(text: string): string {
  const blank = (all: string) => all.replace(/[^\n]/g, " ");
  const bare = text.replace(new RegExp(`${comment.source}|${literal.source}`, "g"), blank);
  return noCode.reduce((code, pattern) => code.replace(pattern, blank), bare);
}

// The word or sign of a pattern's first group, by another one.
function exchange(pattern: RegExp, by: (word: string) => string): Operator {
  return (code) =>
    Array.from(code.matchAll(new RegExp(pattern, "dgm")), (match) => {
      const [at = 0] = match.indices?.[1] ?? [];
      const before = match[1] ?? "";
      return { at, before, after: by(before) };
    });
}

const pairs = (table: Readonly<Record<string, string>>) => (word: string) => table[word] ?? word;

/** The condition of an if that begins on one line and ends on it. */
function negate(code: string): Omit<Mutation, "operator" | "line">[] {
  return Array.from(code.matchAll(/\b(?:if|while) \(/g)).flatMap(({ index, 0: { length } }) => {
    const from = index + length;
    let depth = 1;
    let to = from;
    for (; depth > 0 && to < code.length; to += 1) depth += code[to] === "(" ? 1 : code[to] === ")" ? -1 : 0;
    const before = code.slice(from, to - 1);
    return before.includes("\n") ? [] : [{ at: from, before, after: `!(${before})` }];
  });
}

const aCall = /^[ \t]+((?:await |void )?[\w.#]+\([^\n]*\);)$/;

/** Each way to change code a little. */
export const operators: Readonly<Record<string, Operator>> = {
  "negate a condition": negate,
  "turn an equality": exchange(/ ([!=]==?) /, pairs({ "===": "!==", "!==": "===", "==": "!=", "!=": "==" })),
  "move a bound": exchange(/ ([<>]=?) (?!\()/, pairs({ "<": "<=", "<=": "<", ">": ">=", ">=": ">" })),
  "swap and with or": exchange(/ (&&|\|\|) /, pairs({ "&&": "||", "||": "&&" })),
  "leave a call out": exchange(aCall, () => ";"),
  "return before a call": exchange(aCall, (call) => `return; ${call}`),
  "one more": exchange(/(?<![\w.#$])(\d+)(?![\w.])/, (number) => String(Number(number) + 1)),
  "drop a flag": exchange(/\b([A-Z][A-Z0-9_]{2,} \| )(?=[A-Z][A-Z0-9_]{2,})/, () => ""),
  "wait for nothing": exchange(/\b(await )(?!using)/, () => ""),
  "add for subtract": exchange(/ ([+-]) (?=[\w(])/, pairs({ "+": "-", "-": "+" })),
  "turn a truth": exchange(/\b(true|false)\b(?! *[;|]?\n? *\|)/, pairs({ true: "false", false: "true" })),
};

/** All mutations of a file. */
export function mutationsOf(text: string): Mutation[] {
  const code = onlyCode(text);
  return Object.entries(operators).flatMap(([operator, find]) =>
    find(code).map((found) => {
      // Texts are left out of the code, and are in the file.
      const before = text.slice(found.at, found.at + found.before.length);
      const after = found.after.replace(found.before, () => before);
      return { operator, line: text.slice(0, found.at).split("\n").length, ...found, before, after };
    }),
  );
}

/** The text with a mutation. */
export function mutated(text: string, { at, before, after }: Mutation): string {
  return text.slice(0, at) + after + text.slice(at + before.length);
}
