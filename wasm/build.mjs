// Builds the core and inlines its bytes; run by `npm run build:core`.
import { readFileSync, writeFileSync } from "node:fs";
import { main } from "assemblyscript/asc";

const wasm = "wasm/core.wasm";
const options = [
  "-O2",
  "--noAssert",
  "--converge",
  "--runtime",
  "stub",
  "--use",
  "abort=",
  "--transform",
  "./wasm/literals.mjs",
];
const { error, stderr } = await main(["core/module.ts", ...options, "--outFile", wasm]);
if (error) {
  console.error(stderr.toString());
  process.exit(1);
}

const bytes = readFileSync(wasm);
writeFileSync(
  "wasm/core-bytes.ts",
  `// Made from core/ by wasm/build.mjs: the module's ${bytes.length} bytes in base64.\n` +
    `export const bytes: string =\n  "${bytes.toString("base64")}";\n`,
);
console.log(`${wasm}: ${bytes.length} bytes`);
