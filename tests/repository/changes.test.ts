import assert from "node:assert/strict";
import { test } from "node:test";
import { Changes } from "../support/runner/changes.ts";

test("changes are told together as soon as nothing more changes, and each once", async () => {
  let noted = 0;
  const changes = new Changes(() => {
    noted += 1;
  });
  const first = changes.settled();
  for (const path of ["core/a.ts", "core/b.ts", "core/a.ts"]) changes.note(path);
  assert.deepEqual(await first, ["core/a.ts", "core/b.ts"]);
  const second = changes.settled();
  changes.note("core/b.ts");
  assert.deepEqual(await second, ["core/b.ts"]);
  assert.equal(noted, 4);
});

test("what changes while nobody waits is told to whoever waits next", async () => {
  const changes = new Changes(() => {});
  changes.note("mod.ts");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(await changes.settled(), ["mod.ts"]);
});

test("what a build makes and an editor keeps is no change", () => {
  let noted = 0;
  const changes = new Changes(() => {
    noted += 1;
  });
  for (const path of [
    "wasm/core-bytes.ts",
    "wasm/core.wasm",
    "wasm/schema.json",
    "ffi/a.ts~",
    "ffi/.a.ts.swp",
  ])
    changes.note(path);
  for (const path of ["ffi/.#a.ts", "ffi/4913", "ffi/#a.ts#"]) changes.note(path);
  assert.equal(noted, 0);
});
