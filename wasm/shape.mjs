// Makes wasm/request-shape.ts of schema.json's definitions: which fields and words a request may have, for those who are told
// that there is no such one.

/** The text of request-shape.ts. */
export function shapeText(definitions) {
  const requests = Object.entries(definitions).filter(([name]) => name.endsWith("Request"));
  const ops = requests.map(([, { properties }]) => properties.op.const);
  const fields = Object.assign({}, ...requests.map(([, { properties }]) => properties));
  const shape = { ...fieldsOf(fields, definitions), op: ops };
  return `// Made by \`npm run build:schema\` of the types.
/** Of a field its words, the fields of its record, or null where it may be anything. */
export type Shape = null | readonly string[] | { readonly [name: string]: Shape };

/** All that requests may have. */
export const requestShape: Shape = ${JSON.stringify(shape)};
`;
}

function fieldsOf(properties, definitions) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, shapeOf(field, definitions)]),
  );
}

function shapeOf(schema, definitions) {
  if (schema.$ref) return shapeOf(definitions[schema.$ref.replace("#/definitions/", "")], definitions);
  if (schema.anyOf) return schema.anyOf.flatMap((one) => shapeOf(one, definitions) ?? []);
  if (schema.items) return shapeOf(schema.items, definitions);
  if (schema.enum ?? schema.const) return schema.enum ?? [schema.const];
  return schema.properties ? fieldsOf(schema.properties, definitions) : null;
}
