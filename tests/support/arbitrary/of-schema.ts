import fc from "fast-check";
import { anyJson, oddTexts } from "./texts.ts";

/** The part of JSON Schema that wasm/schema.json uses. */
export interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

type Definitions = Readonly<Record<string, Schema>>;

/** Values that a schema allows. */
export function arbitraryOf(
  schema: Schema,
  definitions: Definitions = schema.definitions ?? {},
): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return arbitraryOf(resolved(schema.$ref, definitions), definitions);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => arbitraryOf(each, definitions)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case "object":
      return recordOf(schema, definitions);
    case "array":
      return fc.array(arbitraryOf(schema.items ?? {}, definitions), { maxLength: 4 });
    case "string":
      return textOf(schema);
    case "integer":
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 9 }),
        fc.constantFrom(0, schema.maximum),
      );
    case "boolean":
      return fc.boolean();
    default:
      throw new Error(`Cannot make values of ${JSON.stringify(schema)}`);
  }
}

function resolved(reference: string, definitions: Definitions): Schema {
  const schema = definitions[reference.replace("#/definitions/", "")];
  if (!schema) throw new Error(`Cannot find ${reference}`);
  return schema;
}

function recordOf(
  { properties, required = [], additionalProperties }: Schema,
  definitions: Definitions,
): fc.Arbitrary<unknown> {
  if (!properties && typeof additionalProperties === "object") {
    return fc.dictionary(
      fc.constantFrom("a", "a.b/c", "", "__proto__", "\u00e9"),
      arbitraryOf(additionalProperties, definitions),
    );
  }
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, schema] of Object.entries(properties ?? {}))
    fields[name] = arbitraryOf(schema, definitions);
  return fc.record(fields, { requiredKeys: [...required] });
}

// A pattern's look-aheads are left out to make texts, and looked at again to choose from them.
function textOf({ pattern = "^", minLength = 0, maxLength = 5000 }: Schema): fc.Arbitrary<string> {
  const regex = new RegExp(pattern, "u");
  const isAllowed = (text: string) =>
    regex.test(text) && [...text].length >= minLength && [...text].length <= maxLength;
  const odd = oddTexts.filter(isAllowed);
  const made = fc.stringMatching(new RegExp(withoutLookAheads(pattern), "u")).filter(isAllowed);
  return odd.length === 0 ? made : fc.oneof(fc.constantFrom(...odd), made);
}

function withoutLookAheads(pattern: string): string {
  const at = pattern.indexOf("(?!");
  if (at < 0) return pattern;
  let depth = 0;
  let end = at;
  do {
    if (pattern[end] === "\\") end += 1;
    else if (pattern[end] === "[") end = closingBracket(pattern, end);
    else if (pattern[end] === "(") depth += 1;
    else if (pattern[end] === ")") depth -= 1;
    end += 1;
  } while (depth > 0);
  return withoutLookAheads(pattern.slice(0, at) + pattern.slice(end));
}

function closingBracket(pattern: string, open: number): number {
  let at = open + 1;
  while (pattern[at] !== "]") at += pattern[at] === "\\" ? 2 : 1;
  return at;
}

type Container = Record<string | number, unknown>;

/** What a change does to one place of a JSON value. */
export type Change =
  | { readonly kind: "replace"; readonly value: unknown }
  | { readonly kind: "drop" }
  | { readonly kind: "add"; readonly name: string; readonly value: unknown };

/** Changes of all kinds: another value, a field less, a field more. */
export const anyChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: anyJson.map((value): Change => ({ kind: "replace", value })) },
  { weight: 1, arbitrary: fc.constant<Change>({ kind: "drop" }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom("x", "", "Id", "id", "options", "revoke", "random", "__proto__", "source"),
        anyJson,
      )
      .map(([name, value]): Change => ({ kind: "add", name, value })),
  },
);

/** A copy of a JSON value with a change at one of its places, the `place`-th of all, counted round and round. */
export function changed(value: unknown, place: number, change: Change): unknown {
  const copy = JSON.parse(JSON.stringify({ value })) as { value: unknown };
  const places = placesIn(copy);
  const [container, key] = places[place % places.length] as [Container, string | number];
  if (change.kind === "replace") put(container, key, change.value);
  else if (change.kind === "add")
    put(isContainer(container[key]) ? (container[key] as Container) : container, change.name, change.value);
  else if (container === copy) copy.value = null;
  else if (Array.isArray(container)) container.splice(Number(key), 1);
  else delete container[key];
  return copy.value;
}

function placesIn(container: object): [Container, string | number][] {
  return Object.entries(container).flatMap(([key, inner]) => [
    [container as Container, key] as [Container, string],
    ...(isContainer(inner) ? placesIn(inner) : []),
  ]);
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

// An assignment to "__proto__" would not make a field; one more item of a list is its last.
function put(container: Container, key: string | number, value: unknown): void {
  if (Array.isArray(container) && !(key in container)) container.push(value);
  else Object.defineProperty(container, key, { value, enumerable: true, writable: true, configurable: true });
}
