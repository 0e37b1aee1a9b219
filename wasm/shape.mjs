// Makes wasm/generated/request-shape.ts from schema.json's definitions: the fields and words that a request may have, which errors list when
// another one is refused.

/** The fields and words of all requests. */
export function shapeOfRequests(definitions) {
  const requests = Object.entries(definitions).filter(([name]) => name.endsWith("Request"));
  const ops = requests.map(([, { properties }]) => properties.op.const);
  const fields = Object.assign({}, ...requests.map(([, { properties }]) => properties));
  return { ...fieldsOf(fields, definitions), op: ops };
}

/** The text of request-shape.ts. */
export function shapeText(definitions) {
  return `// Made from the types by \`npm run build:schema\`.
/** For a field its words, or the fields of its record; null if it accepts any value. */
export type Shape = null | readonly string[] | { readonly [name: string]: Shape };

/** The fields and words of all requests. */
export const requestShape: Shape = ${JSON.stringify(shapeOfRequests(definitions))};
`;
}

function fieldsOf(properties, definitions) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, shapeOf(field, definitions)]),
  );
}

function shapeOf(schema, definitions) {
  if (schema.$ref) return shapeOf(definitions[schema.$ref.replace("#/definitions/", "")], definitions);
  if (schema.anyOf) return eitherOf(schema.anyOf.map((one) => shapeOf(one, definitions) ?? []));
  if (schema.items) return shapeOf(schema.items, definitions);
  if (schema.enum ?? schema.const) return schema.enum ?? [schema.const];
  return schema.properties ? fieldsOf(schema.properties, definitions) : null;
}

// Words of one list or another; of records, the fields that any of them has.
function eitherOf(shapes) {
  if (shapes.every(Array.isArray)) return shapes.flat();
  const names = new Set(shapes.flatMap(Object.keys));
  return Object.fromEntries([...names].map((name) => [name, eitherOfFields(shapes, name)]));
}

function eitherOfFields(shapes, name) {
  const fields = shapes.filter((shape) => name in shape).map((shape) => shape[name]);
  return fields.length > 1 && fields.every(Array.isArray) ? fields.flat() : fields[0];
}
