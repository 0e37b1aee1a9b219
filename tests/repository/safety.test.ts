import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";
import { packageRoot } from "../support/package-root.ts";

test("each claim about safety in docs/safety.md names tests that are there", () => {
  const rows = readFileSync(`${packageRoot}/docs/safety.md`, "utf8").matchAll(
    /^\| (?!claim|-)(.*) \| (.*) \|$/gm,
  );
  let claims = 0;
  for (const [, claim, cell = ""] of rows) {
    claims += 1;
    const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    assert.ok(names.length > 0, `no test is named: ${claim}`);
    for (const name of names) {
      const path = name.includes(".") ? name : `${name.includes("/") ? "" : "tests/host/"}${name}.test.ts`;
      assert.ok(existsSync(`${packageRoot}/${path}`), `${path} is not there: ${claim}`);
    }
  }
  assert.ok(claims > 30, `only ${claims} claims`);
});
