import assert from "node:assert/strict";
import { test } from "node:test";
import { sourceFiles } from "../support/package/imports.ts";
import { sourceRooms } from "../support/package/rooms.ts";
import { sizeOf, sizeOfText } from "../support/package/sizes.ts";

// A file can be read in one go, and a function fits a screen.

const MOST_LINES_OF_FILE = 180;
const MOST_LINES_OF_FUNCTION = 40;

/** What the package's users import, and what stands for a folder of types. */
const doors: readonly string[] = [
  "mod.ts",
  "ffi/mod.ts",
  "ffi/agent/mod.ts",
  "ffi/ttrpc/mod.ts",
  "ffi/nri/mod.ts",
  "table/mod.ts",
  "picture/mod.ts",
  "vm/mod.ts",
  "node/mod.ts",
  "wasm/types.ts",
];

const isMade = (file: string) => file.includes("/generated/") || file === "wasm/core-bytes.ts";

const sizes = sourceFiles("mod.ts", ...sourceRooms)
  .filter((file) => !isMade(file))
  .map(sizeOf);

test("no file is longer than can be read in one go, and no function than a screen", () => {
  assert.ok(sizes.length > 100);
  const found = sizes.flatMap(({ file, lines, functions }) => [
    ...(lines > MOST_LINES_OF_FILE ? [`${file}: ${lines} lines`] : []),
    ...functions
      .filter((one) => one.lines > MOST_LINES_OF_FUNCTION)
      .map((one) => `${file}, ${one.name}: ${one.lines} lines`),
  ]);
  assert.deepEqual(found, []);
});

test("no file only hands on what others export, but for the doors", () => {
  const found = sizes.filter(({ isOnlyExports }) => isOnlyExports).map(({ file }) => file);
  assert.deepEqual(found, [...doors].sort());
});

test("functions of all kinds are measured, with all that is in them", () => {
  const text = [
    "/** Not counted. */",
    "export function a() {",
    "  return [1].map((one) => {",
    "    return one;",
    "  });",
    "}",
    "class B {",
    "  #c() {",
    "  }",
    "}",
    "const d = () =>",
    "  1;",
    "",
  ];
  const { lines, functions, isOnlyExports } = sizeOfText("x.ts", text.join("\n"));
  assert.deepEqual(
    functions.map((one) => `${one.name} ${one.lines}`),
    ["a 5", "a 3", "B.#c 2", "d 2"],
  );
  assert.deepEqual([lines, isOnlyExports], [12, false]);
  assert.ok(
    sizeOfText("y.ts", 'import { a } from "./x.ts";\nexport { a };\nexport * from "./z.ts";\n').isOnlyExports,
  );
});
