import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { importsOf, sourceFiles } from "../package/imports.ts";
import { sourceRooms } from "../package/rooms.ts";
import { packageRoot } from "../package-root.ts";
import type { Graph } from "./affected.ts";

/** The folders of the package that its tests are about, and its files beside them. */
export const folders: readonly string[] = [...sourceRooms, "examples", "docs", "tests"];
export const files: readonly string[] = ["mod.ts", "bundle.mjs", "README.md", "package.json"];

const doors: Readonly<Record<string, string>> = {
  guestshare: "mod.ts",
  "guestshare/host": "ffi/mod.ts",
  "guestshare/agent": "ffi/agent/mod.ts",
  "guestshare/ttrpc": "ffi/ttrpc/mod.ts",
  "guestshare/nri": "ffi/nri/mod.ts",
  "guestshare/configuration": "input/sandbox.ts",
  "guestshare/table": "table/mod.ts",
  "guestshare/picture": "picture/mod.ts",
  "guestshare/vm": "vm/mod.ts",
  "guestshare/node": "node/mod.ts",
};

// What no import says: what is built of what, and what is run or served.
const others: Graph = new Map([
  ["wasm/core-bytes.ts", ["core/"]],
  ["wasm/core.wasm", ["core/"]],
  ["wasm/schema.json", ["wasm/types.ts"]],
  ["tests/support/package/code-blocks.ts", ["README.md", ...Object.values(doors)]],
  ["tests/repository/package.test.ts", [...Object.values(doors), "bundle.mjs", "package.json"]],
  ["tests/browser/chromium.test.ts", ["mod.ts", "tests/fixtures/"]],
  ["tests/browser/preview.test.ts", ["preview/"]],
  ["tests/host/documents.test.ts", ["examples/"]],
]);

/** What each source file imports, reads by its path in the package, or starts as a program. */
export function sourceGraph(): Graph {
  const graph = new Map<string, string[]>();
  for (const file of sourceFiles("mod.ts", ...folders)) {
    const imported = importsOf(file).map((path) => doors[path] ?? path);
    graph.set(file, [...imported, ...readBy(textOf(file)), ...(others.get(file) ?? [])]);
  }
  for (const [file, taken] of others) graph.set(file, [...new Set([...(graph.get(file) ?? []), ...taken])]);
  return graph;
}

/** What the text of a test reads or starts: `join(packageRoot, "docs")`, `sourceFiles("core", …)`, `commandOf("obey")`. */
export function readBy(text: string): string[] {
  const read = Array.from(text.matchAll(/\bpackageRoot,\s*["'`]([^"'`$]+)/g), ([, path = ""]) =>
    sourceOf(path),
  );
  const listed = Array.from(text.matchAll(/\bsourceFiles\(([^)]*)\)/g), ([, list = ""]) => [
    ...Array.from(list.matchAll(/"([^"]+)"/g), ([, path = ""]) => path),
    ...(list.includes("...sourceRooms") ? sourceRooms : []),
  ]);
  const started = Array.from(
    text.matchAll(/\bcommandOf\("([\w-]+)"/g),
    ([, name]) => `tests/support/programs/${name}.ts`,
  );
  return [...[...read, ...listed.flat()].map(asFolder), ...started];
}

const textOf = (file: string) => readFileSync(join(packageRoot, file), "utf8");

// What tsc made of a file stands for the file.
const sourceOf = (path: string) => path.replace(/^dist\/(.*)\.js$/, "$1.ts").replace(/\/$/, "");

function asFolder(path: string): string {
  const whole = join(packageRoot, path);
  return existsSync(whole) && statSync(whole).isDirectory() ? `${path}/` : path;
}
