import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ExitCode } from "../../cli/exit-code.ts";
import { listColumns } from "../../cli/print/list-columns.ts";
import { commands } from "../../cli/program.ts";
import { packageRoot } from "../support/package-root.ts";

// docs/command.md has all that there is.

const document = readFileSync(join(packageRoot, "docs/command.md"), "utf8");

/** The first cells of the rows of the table with a heading. */
function firstCells(heading: string): string[] {
  const [, table = ""] = document.split(`| ${heading} | `);
  const [rows = ""] = table.split("\n\n");
  return [...rows.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = ""]) => cell);
}

test("the document has each command", () => {
  const shown = commands.filter(({ isHidden }) => !isHidden).map(({ name }) => `\`${name}\``);
  assert.deepEqual(firstCells("command").sort(), shown.sort());
});

test("the document has each column of a list", () => {
  const columns = firstCells("column").flatMap((cell) => cell.split(", "));
  assert.deepEqual(
    columns,
    listColumns.map(({ name }) => name),
  );
});

test("the document has each exit code", () => {
  const codes = firstCells("exit code").map(Number);
  assert.deepEqual(codes, Object.values(ExitCode));
});
