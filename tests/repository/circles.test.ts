import assert from "node:assert/strict";
import { test } from "node:test";
import { importsOf, sourceFiles } from "../support/package/imports.ts";
import { sourceRooms } from "../support/package/rooms.ts";

// Types count, too: who reads a file of a circle has to read all of them.

/** What a file imports, by its path. */
type Imports = ReadonlyMap<string, readonly string[]>;

const imports: Imports = new Map(
  sourceFiles("mod.ts", ...sourceRooms).map((file) => [file, importsOf(file)]),
);

/** The files that lead from a file back to itself, in order; undefined if none do. */
function circleOf(start: string, imports: Imports): string[] | undefined {
  const cameFrom = new Map([[start, start]]);
  for (const [file] of cameFrom) {
    for (const next of imports.get(file) ?? []) {
      if (next === start) return pathTo(file, cameFrom);
      if (!cameFrom.has(next)) cameFrom.set(next, file);
    }
  }
  return undefined;
}

function pathTo(file: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const before = cameFrom.get(file);
  return before === undefined || before === file ? [file] : [...pathTo(before, cameFrom), file];
}

test("no file imports itself, neither directly nor through others", () => {
  const circles = [...imports.keys()].map((file) => circleOf(file, imports)?.join(" -> "));
  assert.deepEqual(
    circles.filter((circle) => circle !== undefined),
    [],
  );
});

test("circles of one, two and three files are found, and a file that leads into a circle is in none", () => {
  const found = (...pairs: [string, string[]][]) => circleOf("a", new Map(pairs));
  assert.deepEqual(found(["a", ["a"]]), ["a"]);
  assert.deepEqual(found(["a", ["b"]], ["b", ["a"]]), ["a", "b"]);
  assert.deepEqual(found(["a", ["x", "b"]], ["b", ["c"]], ["c", ["a", "x"]]), ["a", "b", "c"]);
  assert.equal(found(["a", ["b"]], ["b", ["c"]], ["c", ["b"]]), undefined);
  assert.ok(imports.get("core/decide.ts")?.includes("core/plan/plan.ts"));
});
