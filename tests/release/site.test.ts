import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { violationsIn } from "../support/browser/axe.ts";
import { launchChromium, skipWithoutChromium } from "../support/browser/chromium.ts";
import { OpenPage } from "../support/browser/open-page.ts";
import { documentedFiles } from "../support/package/code-blocks.ts";
import { BuiltSite } from "../support/package/site.ts";

// What `npm run build:site` makes of the page, the documents and the API: each link leads somewhere, and nothing is of another host.

const site = new BuiltSite();
const skip = skipWithoutChromium("that the site is read, and that its page plans");
let browser: Browser | undefined;
before(async () => {
  if (!skip) browser = await launchChromium();
});
after(() => rmSync(site.folder, { recursive: true }));

const isElsewhere = (address: string) => /^[a-z]+:/.test(address);

test("the site has the page, each document, and each door", () => {
  const documents = documentedFiles().map((file) =>
    file.replace(/(?:README)?\.md$/, (ending) => (ending === ".md" ? ".html" : "index.html")),
  );
  const doors = ["", "host/", "agent/", "ttrpc/", "configuration/", "table/", "picture/"];
  for (const file of [
    ...documents,
    ...doors.map((door) => `api/${door}index.html`),
    ...["page/index.html", "page/page.js", "page/page.css", "CHANGELOG.html", "CONTRIBUTING.html"],
  ])
    assert.ok(site.files.has(file), file);
});

test("each link of the site leads to a file, and to a place in it", () => {
  const broken: string[] = [];
  let count = 0;
  for (const reference of site.references()) {
    const { from, address } = reference;
    if (isElsewhere(address)) continue;
    count += 1;
    // Deno names a mapped type's parameter, and does not show it.
    const isDenos = from.startsWith("api/") && address.startsWith("#type_param_");
    if (!isDenos && !site.isThere(reference)) broken.push(`${from} -> ${address}`);
  }
  assert.deepEqual(broken, []);
  assert.ok(count > 10_000, `${count} links`);
});

test("nothing that the site loads is of another host, and no link is of the machine that built it", () => {
  for (const { from, tag, address } of site.references()) {
    if (tag === "a") assert.match(address, /^(?!file:|\/)/, from);
    else assert.ok(!isElsewhere(address) || address === "data:,", `${from} loads ${address}`);
  }
  for (const file of site.files)
    if (file.endsWith(".css")) assert.doesNotMatch(site.textOf(file), /@import|url\((?!["']?data:)/, file);
});

test("documents have neither a script nor markup that nobody meant", () => {
  const command = site.textOf("docs/command.html");
  assert.doesNotMatch(command, /<script|<sandbox>/);
  assert.match(command, /<h2 id="page">Page<\/h2>/);
  assert.match(site.textOf("docs/sandbox.html"), /sandboxes\/&lt;sandbox&gt;\//);
});

const urlOf = (path: string) => pathToFileURL(join(site.folder, path)).href;

test("the page of the site plans, as a file of any folder", { skip }, async () => {
  assert.ok(browser);
  const opened = await OpenPage.at(browser, urlOf("page/index.html"));
  await opened.page.getByRole("link", { name: "A confidential guest" }).click();
  await opened.waitForRow("guest", "ledger");
  await opened.close();
});

for (const colorScheme of ["light", "dark"] as const)
  test(`nothing keeps anybody from the documents, ${colorScheme}, and they ask for their style alone`, {
    skip,
  }, async () => {
    assert.ok(browser);
    const page = await browser.newPage({ colorScheme, viewport: { width: 390, height: 844 } });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    for (const path of ["index.html", "docs/command.html", "api.html"]) {
      await page.goto(urlOf(path));
      assert.deepEqual(await violationsIn(page), [], path);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, path);
    }
    assert.ok(asked.length >= 4 && asked.every((url) => url.startsWith(urlOf(""))), asked.join("\n"));
    await page.close();
  });
