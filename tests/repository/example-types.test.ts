import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { documentedBlocks } from "../support/package/code-blocks.ts";
import { compiled, readJson } from "../support/package/compile.ts";
import { packageRoot } from "../support/package-root.ts";

test("what the documents show compiles as TypeScript, under strict options", () => {
  const { status, output } = compiled(documentedBlocks());
  assert.equal(status, 0, output);
});

test("a program that does not compile is told", () => {
  const code = 'import { load } from "guestshare";\nconst core: string = await load();\nconsole.log(core);\n';
  const { status, output } = compiled([{ name: "a wrong one", code }]);
  assert.notEqual(status, 0);
  assert.match(output, /Type 'Core' is not assignable to type 'string'/);
});

test("the versions that docs/install.md maps for Deno are the package's", () => {
  const install = readFileSync(join(packageRoot, "docs/install.md"), "utf8");
  const { dependencies } = readJson("package.json");
  const mapped = [...install.matchAll(/"npm:\/?((?:@\w+\/)?[\w-]+)@([\^\d.]+)\/?"/g)];
  assert.equal(mapped.length, 3);
  for (const [, name = "", version] of mapped) assert.equal(version, dependencies[name], name);
});
