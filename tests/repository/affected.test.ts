import assert from "node:assert/strict";
import { test } from "node:test";
import { sourceRooms } from "../support/package/rooms.ts";
import { type Graph, testsTouchedBy } from "../support/runner/affected.ts";
import { readBy, sourceGraph } from "../support/runner/source-graph.ts";

// Which tests a change touches: `npm run test:watch` runs them.

const graph: Graph = new Map([
  ["a.ts", []],
  ["b.ts", ["a.ts"]],
  ["c.ts", ["b.ts", "d.ts"]],
  ["d.ts", ["c.ts"]], // two that import each other
  ["tests/near.test.ts", ["a.ts"]],
  ["tests/far.test.ts", ["d.ts"]],
  ["tests/other.test.ts", ["node:fs"]],
  ["tests/rows.test.ts", ["tests/fixtures/"]],
]);

const rows: readonly [changed: string, touched: readonly string[]][] = [
  ["a.ts", ["tests/near.test.ts", "tests/far.test.ts"]],
  ["b.ts", ["tests/far.test.ts"]],
  ["d.ts", ["tests/far.test.ts"]],
  ["tests/other.test.ts", ["tests/other.test.ts"]],
  ["tests/fixtures/prepare.json", ["tests/rows.test.ts"]],
  ["tests/fixtures", []],
  ["README.md", []],
  // The nearest first.
  [
    "b.ts tests/fixtures/x tests/near.test.ts",
    ["tests/near.test.ts", "tests/rows.test.ts", "tests/far.test.ts"],
  ],
];

for (const [changed, touched] of rows) {
  test(`a change of ${changed} touches ${touched.join(", ") || "no test"}`, () => {
    assert.deepEqual(testsTouchedBy(graph, changed.split(" ")), touched);
  });
}

test("what a test reads by its path, lists and starts is found in its text", () => {
  const text = `readFileSync(join(packageRoot, "wasm/schema.json")); join(packageRoot, \`docs\`);
    sourceFiles("mod.ts", "core"); commandOf("obey", runtime); join(packageRoot, "dist/tests/run.js")`;
  assert.deepEqual(readBy(text), [
    ...["wasm/schema.json", "docs/", "tests/run.ts", "mod.ts", "core/"],
    "tests/support/programs/obey.ts",
  ]);
});

test("a test that lists the rooms of the sources has them all", () => {
  assert.deepEqual(readBy('sourceFiles("mod.ts", ...sourceRooms)'), [
    "mod.ts",
    ...sourceRooms.map((room) => `${room}/`),
  ]);
});

const whole = sourceGraph();

const real: readonly [changed: string, touched: readonly string[], not: readonly string[]][] = [
  ["core/plan/prepare.ts", ["core/fixtures", "core/abi", "host/guard", "repository/layout"], ["ttrpc/frame"]],
  [
    "ffi/linux/lock.ts",
    ["host/lock", "host/two-processes", "repository/layout"],
    ["core/abi", "core/fixtures"],
  ],
  ["ffi/ttrpc/frame.ts", ["ttrpc/frame", "ttrpc/calls", "copy/share"], ["core/fixtures", "core/abi"]],
  ["cli/commands/mend.ts", ["cli/mend", "repository/layout"], ["host/lock"]],
  ["input/root-fs.ts", ["input/root-fs"], ["ttrpc/frame"]],
  ["tests/fixtures/prepare.json", ["core/fixtures", "browser/chromium"], ["host/lock", "ttrpc/frame"]],
  ["tests/support/programs/obey.ts", ["faults/killed", "host/two-processes"], ["core/abi", "host/guard"]],
  ["docs/copy.md", ["copy/document"], ["core/abi", "host/lock"]],
  ["README.md", ["host/documents"], ["host/lock"]],
  ["docs/operations.md", ["host/error-table", "host/documents"], ["host/lock"]],
  ["docs/install.md", ["repository/example-types", "host/documents"], ["host/lock"]],
  ["examples/pod.ts", ["host/documents", "repository/layout"], ["host/lock"]],
  ["bundle.mjs", ["repository/package"], ["core/abi", "host/lock"]],
  ["wasm/types.ts", ["repository/schema", "host/operations"], ["ttrpc/frame"]],
];

for (const [changed, touched, not] of real) {
  test(`a change of this package's ${changed} touches what has it, and not what has not`, () => {
    const found = testsTouchedBy(whole, [changed]);
    const names = found.map((file) => file.replace(/^tests\/(.*)\.test\.ts$/, "$1"));
    assert.deepEqual(
      touched.filter((name) => !names.includes(name)),
      [],
    );
    assert.deepEqual(
      not.filter((name) => names.includes(name)),
      [],
    );
  });
}

test("each source file is had by some test that does not only list it", () => {
  const ours = [...whole.keys()].filter((file) => /^(?:core|input|ffi)\//.test(file));
  assert.ok(ours.length > 100);
  const had = new Set([...whole.keys()].filter((file) => /(?<!layout)\.test\.ts$/.test(file)));
  for (const file of had) for (const path of whole.get(file) ?? []) had.add(path);
  assert.deepEqual(
    ours.filter((file) => !had.has(file) && !(file.startsWith("core/") && had.has("core/"))),
    [],
  );
});
