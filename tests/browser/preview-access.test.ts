import assert from "node:assert/strict";
import { test } from "node:test";
import { violationsIn } from "../support/browser/axe.ts";
import type { OpenPage } from "../support/browser/open-page.ts";
import { previewFor } from "../support/browser/preview.ts";

// Whether everybody can use the page: by keyboard, by a screen reader, on a phone, in any colors.

const { skip, open } = await previewFor("that the page is for everybody");

const states: Readonly<Record<string, (opened: OpenPage) => Promise<void>>> = {
  "as it opens": async () => {},
  "with a row selected": async ({ page }) => {
    await page.locator('[data-column="hub"] [aria-label^="sandbox-"]').first().click();
  },
  "with the legend open": ({ page }) => page.getByText("What the marks mean").click(),
  "with the sandbox": (opened) => opened.tab("Sandbox"),
  "with the sources": (opened) => opened.tab("Sources"),
  "with the request": (opened) => opened.tab("Request"),
  "with storages": (opened) => opened.tab("Storages"),
  "with the predicted table": (opened) => opened.tab("Predicted mount table"),
  "with a mistake": async (opened) => {
    await opened.replace("config.json of container 1", '"rprivate"', '"rpirvate"');
    await opened.page.locator("mark.wrong").waitFor();
  },
  "with a wrong field": async (opened) => {
    await opened.tab("Sandbox");
    await opened.page.getByLabel("Bytes of /dev/shm").fill("many");
    await opened.page.locator("input[aria-invalid=true]").waitFor();
  },
  "with the keys": ({ page }) => page.getByRole("button", { name: "Keys" }).click(),
  "with nothing in a column": async (opened) => {
    await opened.page.getByRole("link", { name: "A confidential guest" }).click();
    await opened.waitForRow("guest", "ledger");
  },
};

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, bring] of Object.entries(states)) {
    test(`nothing keeps anybody from the page ${name}, ${colorScheme}`, { skip }, async () => {
      const opened = await open({ colorScheme });
      await bring(opened);
      assert.deepEqual(await violationsIn(opened.page), []);
      await opened.close();
    });
  }
}

test("nothing keeps anybody from the page on a phone, or with forced colors", { skip }, async () => {
  for (const look of [{ width: 320, height: 640 }, { forcedColors: "active" }] as const) {
    const opened = await open(look);
    assert.deepEqual(await violationsIn(opened.page), []);
    await opened.close();
  }
});

for (const width of [320, 390, 768, 1024, 1440, 2560]) {
  test(`nothing is wider than a page of ${width} pixels`, { skip }, async () => {
    const opened = await open({ width });
    const { page } = opened;
    for (const tab of ["Bundle", "Sandbox", "Sources", "Request", "Predicted mount table"]) {
      await opened.tab(tab);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${tab}: ${wide}`);
    }
    await opened.close();
  });
}

test("by keyboard alone somebody finds out why a mount is watched, and follows it to the host", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
  for (let count = 0; count < 60 && !(await focused()).startsWith("pod1"); count += 1) await press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.role), "treeitem");
  for (let count = 0; count < 60; count += 1) {
    if (await page.evaluate(() => document.activeElement?.closest("[data-column=guest]") !== null)) break;
    await press("Tab");
  }
  await press("End");
  const last = (await opened.rows("guest")).at(-1) ?? "none";
  await page.waitForFunction((label) => document.activeElement?.getAttribute("aria-label") === label, last);
  await press("Home", "ArrowDown", "ArrowRight");
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-level") === "3");
  await press("ArrowLeft");
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-level") === "2");
  await press("a", "p", "p");
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label")?.startsWith("app, "));
  const panel = page.getByRole("complementary", { name: "What is selected" });
  assert.match((await panel.textContent()) ?? "", /reason configmap-or-secret/);
  await press("Control+ArrowLeft", "Control+ArrowLeft");
  await page.waitForFunction(() => document.activeElement?.closest("[data-column=hub]") !== null);
  await press("Control+ArrowLeft");
  await page.waitForFunction(() => document.activeElement?.closest("[data-column=host]") !== null);
  assert.match(await focused(), /configmap\/app/);
  await opened.close();
});

test("the keys are shown at ?, and tabs are changed by arrows", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  await page.getByRole("tab", { name: "Bundle" }).focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.locator('.input [role="tab"]:focus').textContent(), "Sandbox");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page
    .getByRole("dialog")
    .waitFor({ state: "detached" })
    .catch(() => undefined);
  assert.equal(await page.locator("dialog[open]").count(), 0);
  await opened.close();
});
