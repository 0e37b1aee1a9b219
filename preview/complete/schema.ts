import schema from "../../wasm/schema.json" with { type: "json" };

/** A type of the schema, with what an editor needs of it. */
export interface SchemaType {
  readonly $ref?: string;
  readonly anyOf?: readonly SchemaType[];
  readonly items?: SchemaType;
  readonly properties?: Readonly<Record<string, SchemaType>>;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: unknown;
  readonly description?: string;
}

const definitions = schema.definitions as unknown as Readonly<Record<string, SchemaType>>;

/** The fields of a record of the schema: those that are named, or all others. */
function fieldsOf(name: string, isKept: (field: string) => boolean): SchemaType {
  const fields = Object.entries(definitions[name]?.properties ?? {}).filter(([field]) => isKept(field));
  return { properties: Object.fromEntries(fields) };
}

// Of a container's fields these are in its config.json.
const inConfig = ["annotations", "mounts", "hugepageLimits", "readonlyRootfs"];
const ofMount = ["destination", "type", "source", "options", "uidMappings", "gidMappings"];

/** What the texts of the page are, by the schema. */
export const textTypes: Readonly<Record<"requests" | "beside" | "config", SchemaType>> = {
  requests: schema as unknown as SchemaType,
  beside: fieldsOf("Container", (field) => !inConfig.includes(field)),
  config: { properties: { mounts: { items: fieldsOf("Mount", (field) => ofMount.includes(field)) } } },
};

/** The words that a field of a record may have; none if it takes any value. */
export function wordsOfField(record: string, field: string): readonly string[] {
  return (definitions[record]?.properties?.[field]?.enum ?? []) as readonly string[];
}

/** The types that a value may have at a path of a text. Lists of requests have the type of a request. */
export function typesAt(root: SchemaType, path: readonly (string | number)[]): SchemaType[] {
  const inside = typeof path[0] === "number" ? path.slice(1) : path;
  return inside.reduce<SchemaType[]>(
    (types, part) => types.flatMap((type) => alternatives(below(type, part))),
    alternatives(root),
  );
}

function below({ items, properties }: SchemaType, part: string | number): SchemaType | undefined {
  if (typeof part === "number") return items;
  return properties && Object.hasOwn(properties, part) ? properties[part] : undefined;
}

// References and alternatives are followed. No type of the schema is made of itself but below a field.
function alternatives(type: SchemaType | undefined): SchemaType[] {
  if (!type) return [];
  const { $ref, anyOf } = type;
  if ($ref !== undefined) return alternatives(definitions[$ref.replace("#/definitions/", "")]);
  return anyOf ? anyOf.flatMap(alternatives) : [type];
}
