// Makes node/gate/schema.json from node/gate/rules.ts; run by `npm run build:schema`. A test compares them.
import { writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The text of schema.json. */
export function gateSchemaText() {
  const generator = createGenerator({ path: beside("rules.ts"), skipTypeCheck: true, topRef: false });
  const { $schema, ...rules } = generator.createSchema("GateRules");
  return `${JSON.stringify({ $schema, title: "Rules of guestshare's gate", ...rules }, null, 2)}\n`;
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(beside("schema.json"), gateSchemaText());
