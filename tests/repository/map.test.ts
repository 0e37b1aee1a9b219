import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sourceRooms } from "../support/package/rooms.ts";
import { packageRoot } from "../support/package-root.ts";

// The map of the house leads somewhere, and every room is on it.

const textOf = (file: string) => readFileSync(join(packageRoot, file), "utf8");
const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, "");
const isThere = (path: string) => existsSync(join(packageRoot, path));

const maps = ["docs/architecture.md", "CONTRIBUTING.md", "docs/testing.md"];
const roots = [...sourceRooms, "examples", "bench", "tests", "docs", "website", ".ci"];

/** The paths that a text names between backticks or in its picture: of files, and of folders with a slash at their end. */
function pathsIn(text: string): string[] {
  const path = new RegExp(
    `(?<![\\w/.-])(?:${roots.join("|")})/[\\w./-]*|(?<![\\w/.-])[\\w-]+\\.(?:m?ts|mjs|json|md)\\b`,
    "g",
  );
  const code = [...text.matchAll(/^```text\n[\s\S]*?^```|`[^`\n]+`/gm)].map(([piece]) => piece);
  const named = code
    .filter((piece) => !piece.startsWith("`npm "))
    .flatMap((piece) => piece.match(path) ?? []);
  return [...new Set(named)].filter((name) => !name.startsWith("utils."));
}

for (const file of maps) {
  test(`each path that ${file} names is there`, () => {
    const named = pathsIn(textOf(file));
    assert.ok(named.length >= 4, `only ${named.length} were found`);
    // A file that is named alone is in the folder that its sentence is about.
    const missing = named.filter((path) => !isThere(path) && !isThere(`tests/support/runner/${path}`));
    assert.deepEqual(missing, []);
  });
}

test("each link between documents leads to a file", () => {
  const documents = [
    "README.md",
    "CONTRIBUTING.md",
    ...readdirSync(join(packageRoot, "docs")).map((name) => `docs/${name}`),
  ];
  const missing = documents.flatMap((file) => {
    const links = [...withoutCode(textOf(file)).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
      ([, link = ""]) => link,
    );
    return links.filter((link) => !isThere(join(file, "..", link))).map((link) => `${file} -> ${link}`);
  });
  assert.deepEqual(missing, []);
});

test("the list of documents has all of them", () => {
  const listed = new Set(
    [...textOf("docs/README.md").matchAll(/^\| \[([\w.-]+)\]/gm)].map(([, name]) => name),
  );
  const names = readdirSync(join(packageRoot, "docs")).filter((name) => name !== "README.md");
  assert.deepEqual([...listed].sort(), names.sort());
});

test("each room of the sources is on the map", () => {
  const map = textOf("docs/architecture.md");
  const rooms = ["core", "core/plan", "ffi", "cli"].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${folder}/${name}`),
  );
  const isNamed = (room: string) =>
    map.includes(`${room}/`) || map.includes(`${room.replace(/^.*?\//, "")}/`);
  assert.deepEqual(
    rooms.filter((room) => !isNamed(room)),
    [],
  );
});
