import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { copyReasons } from "../../ffi/copy/skip-reasons.ts";
import { packageRoot } from "../support/package-root.ts";

test("the document about copies has each reason in its tables, once, and no other", () => {
  const text = readFileSync(join(packageRoot, "docs/copy.md"), "utf8");
  const [, section = ""] = /## What is skipped, and what is warned of\n([\s\S]*?)\n## /.exec(text) ?? [];
  const lines = section.split("\n");
  const cells = lines.flatMap((line) => /^\| (`[^|]*`) \|/.exec(line)?.[1] ?? []);
  const named = cells.flatMap((cell) => cell.split(", ").map((name) => name.replaceAll("`", "")));
  assert.deepEqual(named.sort(), Object.keys(copyReasons).sort());
});
