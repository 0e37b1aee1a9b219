import assert from "node:assert/strict";
import { test } from "node:test";
import { previewFor } from "../support/browser/preview.ts";

// Whether everybody can use the page: by keyboard, by a screen reader, on a phone, in any colors.

const { skip, open } = await previewFor("that the page is for everybody");

const widths = [320, 390, 768, 1024, 1440, 2560];

test("nothing is wider than the page, from 320 to 2,560 pixels", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  for (const tab of ["Bundle", "Sandbox", "Sources", "Request", "Predicted mount table"]) {
    await opened.tab(tab);
    for (const width of widths) {
      await opened.look({ width });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${tab}: ${wide} of ${width}`);
    }
  }
  await opened.close();
});

test("nothing moves for whoever wants no motion, and something does for others", { skip }, async () => {
  const opened = await open();
  const moving = () =>
    opened.page.evaluate(
      () =>
        [...document.querySelectorAll("*")].filter((one) => {
          const { transitionDuration, animationName } = getComputedStyle(one);
          return animationName !== "none" || transitionDuration.split(", ").some((time) => time !== "0s");
        }).length,
    );
  await opened.look({ reducedMotion: "no-preference" });
  assert.ok((await moving()) > 10);
  await opened.look({ reducedMotion: "reduce" });
  assert.equal(await moving(), 0);
  await opened.close();
});

test("in forced colors, what is selected, linked, wrong and open has a line of its own", {
  skip,
}, async () => {
  const opened = await open({ forcedColors: "active" });
  const { page } = opened;
  const lineOf = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((one) => {
        const { outlineStyle, outlineWidth, borderTopWidth } = getComputedStyle(one);
        return outlineStyle === "none" ? borderTopWidth : outlineWidth;
      });
  await page.locator('[data-column="guest"] [aria-label^="hosts, "]').first().click();
  assert.equal(await lineOf(".row.selected"), "3px");
  assert.equal(await lineOf(".row.linked:not(.selected)"), "2px");
  assert.equal(await lineOf("mark.shown"), "1px");
  assert.equal(await lineOf('.tabs [aria-selected="true"]'), "2px");
  await opened.replace("config.json of container 1", '"rprivate"', '"rpirvate"');
  await page.locator("mark.wrong").waitFor();
  assert.equal(await lineOf("mark.wrong"), "2px");
  await opened.close();
});

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

test("by keyboard alone somebody makes a mistake, goes to its mark, mends it and copies the link", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  const press = async (key: string, times = 1) => {
    for (let count = 0; count < times; count += 1) await page.keyboard.press(key);
  };
  const goTo = async (key: string, selector: string) => {
    for (let count = 0; count < 80; count += 1) {
      if (await page.evaluate((one) => document.activeElement?.matches(one), selector)) return;
      await press(key);
    }
    assert.fail(`${key} does not lead to ${selector}`);
  };
  await goTo("Tab", 'textarea[aria-label^="What is beside"]');
  await press("Control+Home");
  await press("ArrowRight", '{ "id": "'.length);
  await page.keyboard.type("-");
  await page.getByRole("alert").filter({ hasText: "bad-id" }).waitFor();
  await goTo("Shift+Tab", ".mistake button");
  await press("Enter");
  await page.locator('textarea[aria-label^="What is beside"]:focus[aria-invalid=true]').waitFor();
  await press("Control+Home");
  await press("ArrowRight", '{ "id": "-'.length);
  await press("Backspace");
  await page.locator("mark.wrong").waitFor({ state: "detached" });
  assert.equal(await page.locator(".picture.stale").count(), 0);
  await goTo("Shift+Tab", ".toolbar button:first-child");
  await press("Enter");
  await page.getByText("The link is copied.").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /#1\.[\w-]+$/);
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
