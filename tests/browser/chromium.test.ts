import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Page } from "playwright-core";
import { launchChromium, skipWithoutChromium } from "../support/browser/chromium.ts";
import { committedDigest, fixtureFiles, readRows } from "../support/fixtures/fixtures.ts";
import { expectedOf } from "../support/fixtures/rows.ts";
import { serveFiles } from "../support/package/file-server.ts";
import { packageRoot } from "../support/package-root.ts";

// What tsc made of the public door, in a browser that is no runtime of ours.

const skip = skipWithoutChromium("that a browser plans the same bytes");

const server = await serveFiles("dist", "tests/fixtures");
after(() => server.close());

/** An empty page, and the addresses of all that it asks for. */
async function openPage(): Promise<{ page: Page; requests: string[] }> {
  const page = await (await launchChromium()).newPage();
  await page.goto(server.url);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  return { page, requests };
}

test("Chromium answers all rows of the fixtures with the same bytes", { skip }, async () => {
  const { page } = await openPage();
  const files = JSON.stringify(fixtureFiles);
  const result = await page.evaluate(
    `import("/dist/tests/browser/page.js").then((it) => it.answersTo(${files}))`,
  );
  const { answers, digest } = result as { answers: string[]; digest: string };
  const rows = fixtureFiles.flatMap(readRows).filter((entry) => typeof entry !== "string");
  assert.equal(answers.length, rows.length);
  rows.forEach((row, at) => {
    assert.equal(answers[at], expectedOf(row), row.name);
  });
  assert.equal(digest, committedDigest());
  await page.close();
});

test("the public door loads its own modules and nothing else, and plans without asking for more", {
  skip,
}, async () => {
  const { page, requests } = await openPage();
  const directory = await page.evaluate(
    `import("/dist/mod.js").then((it) => it.load()).then((core) =>
      core.plan({ op: "prepare", sandbox: { id: "s1" } }).directory)`,
  );
  assert.equal(directory, "/run/kata-containers/shared/sandboxes/s1");
  const paths = requests.map((url) => url.replace(server.url, "")).sort();
  const modules = paths.filter((path) =>
    /^\/dist\/(?:mod|(?:wasm(?:\/generated)?|input|words)\/[\w-]+)\.js$/.test(path),
  );
  assert.deepEqual(paths, modules);
  assert.ok(modules.includes("/dist/wasm/core-bytes.js"));
  for (const path of modules) {
    const code = readFileSync(join(packageRoot, path), "utf8");
    const imported = Array.from(
      code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"'\n]+)["']/g),
      ([, name]) => name,
    );
    const foreign = imported.filter(
      (name) => name !== "guestshare" && !/^(?:\.|\.\.\/words)\//.test(name ?? ""),
    );
    assert.deepEqual(foreign, [], path);
  }
  await page.close();
});

test("the core that was loaded plans on after a refusal, and its plans are frozen there too", {
  skip,
}, async () => {
  const { page } = await openPage();
  const result = await page.evaluate(`import("/dist/mod.js").then(async ({ load, RequestError }) => {
    const core = await load();
    let code;
    try {
      core.plan({ op: "prepare", sandbox: { id: "\\ud800" } });
    } catch (error) {
      code = error instanceof RequestError && error.code;
    }
    const plan = core.plan({ op: "prepare", sandbox: { id: "s1" } });
    return [code, Object.isFrozen(plan) && Object.isFrozen(plan.steps[0].undo), plan.steps.length];
  })`);
  assert.deepEqual(result, ["lone-surrogate", true, 7]);
  await page.close();
});

test("the server gives nothing outside its folders", { skip }, async () => {
  for (const path of [
    "/package.json",
    "/dist/../package.json",
    "/dist/%2e%2e/package.json",
    "/dist/%2e%2e%2fpackage.json",
    "/wasm/core.wasm",
  ]) {
    const { status } = await fetch(server.url + path);
    assert.equal(status, 404, path);
  }
});
