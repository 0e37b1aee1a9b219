import { type Node, type ParseError, parse, parseTree, printParseErrorCode } from "jsonc-parser";
import { parsedJson } from "./parsed-json.ts";
import { InputMistake, type Place } from "./place.ts";

/** A part of a text, by the indices of its characters. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

const strict = { disallowComments: true, allowTrailingComma: false };

/**
 * The value of a JSON text.
 *
 * @throws {InputMistake} if it is not JSON; the path is then that of the character, as `@` and its index.
 * @throws {RangeError} if it is nested too deep.
 */
export function valueOfJson(text: string, placeAt: (path: string) => Place): unknown {
  try {
    return parsedJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const errors: ParseError[] = [];
  parse(text, errors, strict);
  const [first] = errors;
  if (!first) throw new InputMistake("This is not JSON", placeAt(""));
  const said = printParseErrorCode(first.error)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  throw new InputMistake(`This is not JSON yet: ${said}`, placeAt(`@${first.offset}`));
}

/**
 * The part of a JSON text, which may be half-typed, that a path such as `mounts[2].source` names. If it is not there, the part
 * around it: of a field that is missing the object.
 */
export function rangeAt(text: string, path: string): TextRange {
  const [, offset] = /^@(\d+)$/.exec(path) ?? [];
  if (offset !== undefined) return characterAt(text, Number(offset));
  let node = treeOf(text);
  if (!node) return { start: 0, end: text.length };
  for (let rest = path; rest !== ""; ) {
    const step = stepInto(node, rest);
    if (!step) break;
    node = step.node;
    rest = step.rest;
  }
  return { start: node.offset, end: node.offset + node.length };
}

// Of a text that is nested deeper than a stack, none.
function treeOf(text: string): Node | undefined {
  try {
    return parseTree(text, [], { allowTrailingComma: true });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function characterAt(text: string, offset: number): TextRange {
  const start = Math.min(offset, Math.max(0, text.length - 1));
  return { start, end: start + 1 };
}

interface JsonStep {
  readonly node: Node;
  readonly rest: string;
}

// Names stand in a path as they are, also with dots in them: the longest name that fits is meant.
function stepInto(node: Node, path: string): JsonStep | undefined {
  const { children = [] } = node;
  if (node.type === "array") {
    const [whole = "", index = ""] = /^\[(\d+)\]/.exec(path) ?? [];
    const item = whole === "" ? undefined : children[Number(index)];
    return item && { node: item, rest: path.slice(whole.length) };
  }
  const names = path.replace(/^\./, "");
  let best: JsonStep | undefined;
  for (const { children: [key, value] = [] } of children) {
    const name = String(key?.value);
    const rest = names.slice(name.length);
    const fits = value && names.startsWith(name) && (rest === "" || /^[.[]/.test(rest));
    if (fits && (!best || rest.length < best.rest.length)) best = { node: value, rest };
  }
  return best;
}
