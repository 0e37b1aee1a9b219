import assert from "node:assert/strict";
import { test } from "node:test";
import { violationsIn } from "../support/browser/axe.ts";
import { configOf } from "../support/browser/large-inputs.ts";
import { previewFor } from "../support/browser/preview.ts";

// The picture where three columns have no room: below each other, with links in the place of curves.

const { skip, open } = await previewFor("that the page works on a phone");

const phone = { width: 390, height: 844 } as const;

test("on a phone a row's links lead along its curves: from a file of the host to the mount in the guest", {
  skip,
}, async () => {
  const opened = await open(phone);
  const { page } = opened;
  assert.equal(await page.locator(".curve").count(), 0);
  const row = (column: string, name: string) =>
    page.locator(`[data-column="${column}"] [role="treeitem"][aria-label^=${JSON.stringify(name)}]`).first();
  await row("host", "www")
    .getByRole("button", { name: /^to sandbox-0+4-www, bound/ })
    .click();
  const share = row("hub", "sandbox-0000000000000004-www");
  await share.and(page.locator(":focus")).waitFor();
  assert.equal(await share.getAttribute("aria-selected"), "true");
  await share.getByRole("button", { name: "to /srv/www, bound: the same files" }).click();
  const mount = row("guest", "/srv/www");
  await mount.and(page.locator(":focus")).waitFor();
  const { y = -1, height = 0 } = (await mount.boundingBox()) ?? {};
  assert.ok(y >= 0 && y + height <= phone.height, `${y}`);
  await mount.getByRole("button", { name: /^from sandbox-0+4-www/ }).click();
  await share.and(page.locator(":focus")).waitFor();
  assert.deepEqual(await violationsIn(page), []);
  await page.getByRole("link", { name: "Layers on erofs" }).click();
  await page.locator('[data-text="+1"]').first().waitFor();
  assert.deepEqual(await violationsIn(page), []);
  await opened.close();
});

test("on a phone rows out of sight are not drawn either, and a link to one leads there", {
  skip,
}, async () => {
  const opened = await open(phone);
  const { page } = opened;
  await opened.drop({ name: "config.json", text: configOf(2_000) });
  await page
    .locator('[data-column="guest"] h2')
    .getByText(/^200\d$/)
    .waitFor();
  assert.ok((await page.getByRole("treeitem").count()) < 150);
  await page.getByRole("textbox", { name: "Find" }).fill("source-1500");
  await page.keyboard.press("Enter");
  const source = page.locator('[data-column="host"] [aria-label^="source-1500"]');
  await source.getByRole("button", { name: /^to / }).click();
  await page.locator('[data-column="hub"] [aria-label*="source-1500"]:focus').waitFor();
  assert.ok((await page.getByRole("treeitem").count()) < 150);
  await opened.close();
});
