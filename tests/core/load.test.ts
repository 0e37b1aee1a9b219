import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CORE_BYTES } from "../../bench/core-budget.ts";
import { load } from "../../mod.ts";
import { bytes } from "../../wasm/core-bytes.ts";
import { packageRoot } from "../support/package-root.ts";

const wasm = readFileSync(join(packageRoot, "wasm/core.wasm"));
const module = new WebAssembly.Module(wasm);

test("the module imports nothing: it has no clock, no chance and no environment", () => {
  assert.deepEqual(WebAssembly.Module.imports(module), []);
});

test("the module keeps to its budget, which docs/performance.md tells", () => {
  assert.ok(wasm.length <= CORE_BYTES, `${wasm.length} bytes`);
  const document = readFileSync(join(packageRoot, "docs/performance.md"), "utf8");
  const [, told] =
    document.match(/^\| `core\.bytes`, `core\.imports` \| [\d,]+, 0 \| ([\d,]+), 0 \|$/m) ?? [];
  assert.equal(told, CORE_BYTES.toLocaleString("en"));
});

test("the module exports what docs/abi.md says, and nothing else", () => {
  const document = readFileSync(join(packageRoot, "docs/abi.md"), "utf8");
  const told = [...document.matchAll(/^\| `(\w+)(?:\([^`]*)?` \|/gm)].map(([, name]) => name);
  const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
  assert.deepEqual(exported.sort(), ["abi_version", "ascii", "input", "memory", "output", "plan"]);
  assert.deepEqual(told.sort(), exported);
});

test("the version of the ABI is the one that docs/abi.md describes", () => {
  const { abi_version } = new WebAssembly.Instance(module).exports as { abi_version(): number };
  const document = readFileSync(join(packageRoot, "docs/abi.md"), "utf8");
  assert.equal(abi_version(), Number(document.match(/^Version (\d+)\./m)?.[1]));
});

test("the bytes that are inlined are those of core.wasm", () => {
  assert.equal(bytes, wasm.toString("base64"));
});

test("load() gives a core of its own each time", async () => {
  const [one, other] = await Promise.all([load(), load()]);
  assert.notEqual(one, other);
  assert.equal(
    one.planJson('{"op":"cleanup","sandbox":{"id":"s1"}}'),
    other.planJson('{"op":"cleanup","sandbox":{"id":"s1"}}'),
  );
});
