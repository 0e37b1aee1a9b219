import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../support/package-root.ts";

test("the schema of a gate's rules is what node/gate/schema.mjs makes of the types", async () => {
  const text = readFileSync(join(packageRoot, "node/gate/schema.json"), "utf8");
  const made = await import(pathToFileURL(join(packageRoot, "node/gate/schema.mjs")).href);
  assert.equal(text, made.gateSchemaText(), "run `npm run build:schema`");
});
