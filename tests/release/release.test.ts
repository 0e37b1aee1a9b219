import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readJson } from "../support/package/compile.ts";
import { packageRoot } from "../support/package-root.ts";

const textOf = (file: string) => readFileSync(join(packageRoot, file), "utf8");
const { version, name, exports, repository } = readJson("package.json");

test("npm, JSR, the changelog and the command have the same version", () => {
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.equal(readJson("deno.json").version, version);
  const { version: locked, packages } = readJson("package-lock.json");
  assert.deepEqual([locked, packages[""].version], [version, version]);
  const [, newest] = /^## (\S+?)(?:,|$)/m.exec(textOf("CHANGELOG.md")) ?? [];
  assert.equal(newest, version);
  assert.match(textOf("cli/version.ts"), new RegExp(`version = "${version.replaceAll(".", "\\.")}"`));
});

test("npm and JSR have the same doors, but for the command and files that are no modules", () => {
  const toSource = (types: string) => types.replace("./dist/types/", "./").replace(/\.d\.ts$/, ".ts");
  const ofNpm = Object.entries<{ types?: string }>(exports).flatMap(([door, { types }]) =>
    types?.startsWith("./dist/") ? [[door, toSource(types)]] : [],
  );
  const ofJsr = Object.entries<string>(readJson("deno.json").exports).filter(
    ([door, path]) => path.endsWith(".ts") && door !== "./cli",
  );
  assert.ok(ofNpm.length >= 6);
  assert.deepEqual(ofJsr, ofNpm);
});

test("each module that JSR shows says first what it is for", () => {
  const doors = Object.values<string>(readJson("deno.json").exports).filter((path) => path.endsWith(".ts"));
  assert.ok(doors.length >= 6);
  for (const door of doors) {
    const [comment = ""] = /^(?:#!.*\n)?\/\*\*\n[\s\S]*?\*\//.exec(textOf(door)) ?? [];
    assert.match(comment, /^ \* [A-Z].*\n[\s\S]* \* @module$/m, door);
  }
});

test("what users install may be newer, and what only the repository uses is as it was tested", () => {
  const { dependencies, peerDependencies, devDependencies } = readJson("package.json");
  for (const range of Object.values<string>({ ...dependencies, ...peerDependencies }))
    assert.match(range, /^\^\d+\.\d+\.\d+$/);
  for (const range of Object.values<string>(devDependencies)) assert.match(range, /^\d+\.\d+\.\d+$/);
});

test("one tag releases to both registries, by tokens that the workflow gets for itself", () => {
  const workflow = textOf(".github/workflows/release.yml");
  assert.match(workflow, /tags: \["v\*"\]/);
  assert.match(workflow, /^\s+id-token: write$/m);
  assert.match(workflow, /npm publish/);
  assert.match(workflow, /deno publish/);
  // No secret: a token that is stored can be stolen.
  assert.doesNotMatch(workflow, /secrets\.|NODE_AUTH_TOKEN|NPM_TOKEN/);
  assert.equal(repository.url, `git+https://github.com/${name}/${name}.git`);
});
