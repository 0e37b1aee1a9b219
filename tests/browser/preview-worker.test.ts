import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { configOf } from "../support/browser/large-inputs.ts";
import type { OpenPage } from "../support/browser/open-page.ts";
import { previewFor } from "../support/browser/preview.ts";
import { packageRoot } from "../support/package-root.ts";

// What is large is drawn beside the page.

const { skip, open, openAt } = await previewFor("that the page answers while it draws");

const drawnElsewhere = "This is large, and is being drawn. Until then, the last picture stays.";

test("what is large is drawn in a worker: the last picture stays in grey, and the page answers meanwhile", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  const workers: string[] = [];
  page.on("worker", (worker) => workers.push(worker.url()));
  await opened.drop({ name: "config.json", text: configOf(20_000) });
  await page.getByText(drawnElsewhere).waitFor();
  assert.equal(await page.locator(".picture.stale").count(), 1);
  assert.ok((await opened.rows("guest")).includes("pod1"), "the last picture");
  await opened.tab("Sandbox");
  await page.getByLabel("Hypervisor").waitFor();
  assert.equal(await page.locator(".picture.stale").count(), 1, "and all that before it was drawn");
  await page
    .locator('[data-column="guest"] h2')
    .getByText(/^200\d\d$/)
    .waitFor();
  assert.equal(await page.getByText(drawnElsewhere).count(), 0);
  assert.equal(await page.locator(".picture.stale").count(), 0);
  assert.deepEqual(
    workers.map((address) => address.replace(/^.*\//, "")),
    ["page.js"],
  );
  await opened.close();
});

test("what nobody wants any more is not drawn, and a refusal from the worker is told at its place", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.drop({ name: "config.json", text: configOf(20_000) });
  await page.getByText(drawnElsewhere).waitFor();
  await page.getByRole("link", { name: "A nydus image" }).click();
  await opened.waitForRow("guest", "lazy");
  await opened.drop({ name: "config.json", text: configOf(5_000).replace('"ro"', '"or"') });
  await page
    .getByRole("alert")
    .getByText(/options\[1\] "or": unsupported-option/)
    .waitFor();
  await page.getByText("Nothing can be drawn of this until the mistake is mended.").waitFor();
  assert.equal(await page.getByRole("treeitem").count(), 0);
  await opened.close();
});

async function drawsLarge(opened: OpenPage): Promise<void> {
  await opened.drop({ name: "config.json", text: configOf(4_000) });
  await opened.page
    .locator('[data-column="guest"] h2')
    .getByText(/^400\d$/)
    .waitFor();
  await opened.close();
}

test("where a browser has no worker for a file, the page draws what is large by itself", {
  skip,
}, async () => {
  const opened = await openAt(pathToFileURL(join(packageRoot, "dist/preview/index.html")).href);
  await drawsLarge(opened);
});

test("if the worker cannot load the page's script or compile the core, the page draws by itself", {
  skip,
}, async () => {
  const failing = [
    "throw new Error('no worker')",
    "WebAssembly.compile = () => Promise.reject(Error('no'));",
  ];
  for (const beginning of failing) {
    const opened = await open();
    await opened.context.route("**/page.js", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${beginning}\n${await response.text()}` });
    });
    await drawsLarge(opened);
  }
});
