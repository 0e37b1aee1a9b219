import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { packageRoot } from "../support/package-root.ts";

// The package as the registries get it, which is not what a checkout has.

const folder = mkdtempSync(join(tmpdir(), "guestshare-test-"));
after(() => rmSync(folder, { recursive: true }));
const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
const name = execFileSync("npm", pack, { cwd: packageRoot, encoding: "utf8" }).trim();
const tarball = new Uint8Array(readFileSync(join(folder, name)));

test("publint finds nothing wrong with the tarball for npm", async () => {
  const { messages } = await publint({ pack: { tarball: tarball.slice().buffer }, strict: true });
  assert.deepEqual(messages, []);
});

test("the types of each entry are found and are those of its module, wherever ES modules are resolved", async () => {
  const result = await checkPackage(createPackageFromTarballData(tarball));
  assert.ok(result.types !== false, "the package has no types");
  assert.ok(Object.keys(result.entrypoints).length >= 8, Object.keys(result.entrypoints).join());
  // The package is of ES modules alone: require() of Node 20 has no way in, and before Node 12 there were no entries.
  const isOfOldNode = (problem: (typeof result.problems)[number]) =>
    "resolutionKind" in problem && ["node10", "node16-cjs"].includes(problem.resolutionKind);
  assert.deepEqual(
    result.problems.filter((problem) => !isOfOldNode(problem)),
    [],
  );
});

test("JSR would take the package, and it has all doors", () => {
  const deno = join(packageRoot, "node_modules/.bin/deno");
  const args = ["publish", "--dry-run", "--allow-dirty"];
  const { status, stderr } = spawnSync(deno, args, {
    cwd: packageRoot,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(stderr, /^warning/im);
  const { exports } = JSON.parse(readFileSync(join(packageRoot, "deno.json"), "utf8"));
  for (const path of Object.values<string>(exports))
    assert.ok(stderr.includes(`${packageRoot}/${path.slice(2)} (`), `${path} is not published`);
});
