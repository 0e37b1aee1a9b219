// Makes wasm/schema.json and wasm/generated/request-shape.ts from wasm/types.ts; run by `npm run build:schema`. A test compares them.
import { writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";
import { shapeText } from "./shape.mjs";

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The text of schema.json: the requests, and among its `definitions` the plans and refusals. */
export function schemaText() {
  const generator = createGenerator({ path: beside("types.ts"), skipTypeCheck: true, topRef: false });
  const { $schema, anyOf, definitions } = generator.createSchema("PlanRequest");
  const answers = generator.createSchema("Plan");
  const { definitions: parts, $schema: _, ...Plan } = answers;
  const schema = {
    $schema,
    title: "Request to guestshare",
    description:
      "A request to guestshare's core as JSON. The answer is #/definitions/Plan or #/definitions/Refusal.",
    anyOf,
    definitions: sorted({
      ...{ ...definitions, ...parts, Plan, Refusal: refusalSchema() },
      MountOption: withPatternInside(definitions.MountOption),
    }),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function refusalSchema() {
  const generator = createGenerator({ path: beside("request-error.ts"), skipTypeCheck: true, topRef: false });
  const { definitions, $schema: _, ...refusal } = generator.createSchema("Refusal");
  // The codes are listed where they are used, because they are used only once.
  return { ...refusal, properties: { ...refusal.properties, code: { ...definitions.RefusalCode } } };
}

// A type of words or any other string. The pattern belongs to the other string.
function withPatternInside({ anyOf: [words, other], pattern, ...rest }) {
  return { anyOf: [words, { ...other, pattern }], ...rest };
}

function sorted(record) {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const text = schemaText();
  writeFileSync(beside("schema.json"), text);
  writeFileSync(beside("generated/request-shape.ts"), shapeText(JSON.parse(text).definitions));
}
