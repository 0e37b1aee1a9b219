import { requestShape, type Shape } from "./generated/request-shape.ts";

/** The words that a refused field accepts, or the names of the fields that a record accepts; empty for other refusals. */
export function knownWords({
  code,
  path,
}: {
  readonly code: string;
  readonly path: string;
}): readonly string[] {
  const names = namesIn(path);
  if (code === "unknown-field") return fieldsOf(shapeAt(names.slice(0, -1)));
  const isWord = code === "unknown-word" || code === "unsupported-option";
  const shape = isWord ? shapeAt(names) : null;
  return Array.isArray(shape) ? shape : [];
}

// The names of the fields in a JSON path, without the indexes of arrays. A name that is no identifier is in brackets.
function namesIn(path: string): string[] {
  const steps = path.matchAll(/\.?([A-Za-z]\w*)|\[\d+\]|\["([\s\S]*)"\]/g);
  return Array.from(steps, ([, name, quoted]) => name ?? quoted).filter((name) => name !== undefined);
}

function shapeAt(names: readonly string[]): Shape {
  let shape: Shape = requestShape;
  for (const name of names) {
    const fields: Shape = shape;
    if (fields === null || isWords(fields) || !Object.hasOwn(fields, name)) return null;
    shape = fields[name] ?? null;
  }
  return shape;
}

function fieldsOf(shape: Shape): string[] {
  return shape === null || isWords(shape) ? [] : Object.keys(shape);
}

function isWords(shape: Shape): shape is readonly string[] {
  return Array.isArray(shape);
}
