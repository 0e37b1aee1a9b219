import { findNodeAtLocation, getLocation, parseTree } from "jsonc-parser";
import { type SchemaType, typesAt } from "./schema.ts";

/** A word that may stand somewhere in a text. */
export interface Word {
  /** As the text will have it. */
  readonly text: string;
  readonly label: string;
  /** What it is. */
  readonly description?: string | undefined;
}

/** What may stand at a caret, and which part of the text it replaces. */
export interface Completion {
  readonly start: number;
  readonly end: number;
  /** What of it was typed already. */
  readonly typed: string;
  readonly words: readonly Word[];
}

type Path = readonly (string | number)[];

/** What the schema has at a caret: fields of a record, or the words of a value. The text may be half-typed. */
export function completionAt(text: string, caret: number, root: SchemaType): Completion | undefined {
  const { path, isAtPropertyKey } = getLocation(text, caret);
  const { start, end } = tokenAt(text, caret);
  const words = isAtPropertyKey
    ? fieldsAt(text, path.slice(0, -1), root, /^\s*:/.test(text.slice(end, end + 20)))
    : valuesOf(typesAt(root, path));
  const typed = text.slice(start, caret).replaceAll('"', "");
  const fitting = words.filter(({ label }) => label.toLowerCase().startsWith(typed.toLowerCase()));
  return fitting.length === 0 ? undefined : { start, end, typed, words: fitting };
}

// The string or word around the caret. No word of the schema has a quote or a line break.
function tokenAt(text: string, caret: number): { readonly start: number; readonly end: number } {
  const [before = ""] = /"?[^\s"{}[\]:,]*$/.exec(text.slice(Math.max(0, caret - 200), caret)) ?? [];
  const [after = ""] = /^[^\s"{}[\]:,]*"?/.exec(text.slice(caret, caret + 200)) ?? [];
  const isOpen = before.startsWith('"');
  return {
    start: caret - before.length,
    end: caret + (isOpen || !after.endsWith('"') ? after.length : after.length - 1),
  };
}

function fieldsAt(text: string, path: Path, root: SchemaType, hasColon: boolean): Word[] {
  const { names, op } = siblingsAt(text, path);
  const types = typesAt(root, path);
  const ofOp = types.filter(({ properties }) => properties?.op?.const === op);
  const words = new Map<string, Word>();
  for (const { properties } of ofOp.length > 0 ? ofOp : types)
    for (const [label, { description }] of Object.entries(properties ?? {}))
      if (!names.has(label))
        words.set(label, { text: JSON.stringify(label) + (hasColon ? "" : ": "), label, description });
  return [...words.values()];
}

// The fields that the record has already, and which operation it says.
function siblingsAt(text: string, path: Path): { readonly names: ReadonlySet<string>; readonly op: unknown } {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const { children = [] } = (tree && findNodeAtLocation(tree, [...path])) ?? {};
  const fields = children.flatMap(({ children: [name, value] = [] }) =>
    name && value ? [[String(name.value), value.value] as const] : [],
  );
  const op = fields.find(([name]) => name === "op")?.[1];
  return { names: new Set(fields.map(([name]) => name)), op };
}

// Several types may have the same word.
function valuesOf(types: readonly SchemaType[]): Word[] {
  const values = types.flatMap(({ enum: words, const: word, type }) => [
    ...(words ?? (word === undefined ? [] : [word])),
    ...(type === "boolean" ? [true, false] : []),
  ]);
  return [...new Set(values)].map((value) => ({ text: JSON.stringify(value), label: String(value) }));
}
