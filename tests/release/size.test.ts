import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { packageRoot } from "../support/package-root.ts";

// What a page loads that plans, as its bundler makes it: minified, compressed, and without what it does not use.

const LARGEST_BYTES = 40_000;

test(`a page that plans loads at most ${LARGEST_BYTES} bytes, the core included`, async () => {
  const page = `export { load } from ${JSON.stringify(join(packageRoot, "dist/doors/mod.js"))};`;
  const bundle = await rolldown({
    input: "page",
    platform: "browser",
    plugins: [
      {
        name: "page",
        resolveId: (id) => (id === "page" ? id : null),
        load: (id) => (id === "page" ? page : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  assert.equal(output.length, 1);
  const { length } = gzipSync(output[0].code);
  assert.ok(length > 20_000, `${length} bytes: the core is missing`);
  assert.ok(length <= LARGEST_BYTES, `${length} bytes`);
});
