import assert from "node:assert/strict";
import { test } from "node:test";
import { curveKinds, traits } from "../../picture/mod.ts";

test("each mark is one character, and no two kinds or traits have the same", () => {
  const signs = [...Object.values(curveKinds), ...Object.values(traits)].map(({ sign }) => sign);
  assert.equal(signs.length, 14);
  assert.deepEqual(
    signs.filter((sign) => [...sign].length !== 1),
    [],
  );
  assert.equal(new Set(signs).size, signs.length);
});
