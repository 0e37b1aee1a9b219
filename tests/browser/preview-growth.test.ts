import assert from "node:assert/strict";
import { test } from "node:test";
import { CpuTime } from "../support/browser/cpu-time.ts";
import { configOf } from "../support/browser/large-inputs.ts";
import type { OpenPage } from "../support/browser/open-page.ts";
import { previewFor } from "../support/browser/preview.ts";

// How the page's work grows with what is put into it: ratios of measurements of one run, never a time.

const { skip, open } = await previewFor("that the page grows no faster than its input");

/** Drops a bundle with so many mounts, and waits until they are drawn. */
async function dropMounts(opened: OpenPage, count: number): Promise<void> {
  await opened.drop({ name: "config.json", text: configOf(count) });
  await opened.page
    .locator('[data-column="guest"] h2')
    .getByText(new RegExp(`^${String(count).slice(0, -2)}\\d\\d$`))
    .waitFor();
}

// As the public door plans what is in the editor.
const planAlone = `(async () => {
  const { load, containerOf } = await import("/dist/mod.js");
  globalThis.core ??= await load();
  const config = JSON.parse(document.querySelector("textarea").value);
  const container = containerOf(config, { id: "c1", bundle: "/run/bundles/c1" });
  const facts = (source) => ({ kind: "directory", identity: "path:" + source });
  const mounts = container.mounts.map((mount) => ({ ...mount, facts: facts(mount.source) }));
  const random = mounts.map((_, at) => at.toString(16).padStart(16, "0"));
  core.plan({ op: "prepare", sandbox: { id: "s1" } });
  core.plan({ op: "shareContainer", sandbox: { id: "s1" }, container: { ...container, mounts }, random });
})()`;

// In the name of a mount in sight, and until the picture is there with its layout.
const typeOne = `new Promise((done) => {
  const picture = document.querySelector(".picture");
  new MutationObserver((_, observer) => {
    observer.disconnect();
    picture.getBoundingClientRect();
    done();
  }).observe(picture, { subtree: true, childList: true, attributes: true, characterData: true });
  document.execCommand("insertText", false, "7");
})`;

const caretInSeven = `(() => {
  const area = document.querySelector("textarea");
  const at = area.value.indexOf("mount-7") + "mount-7".length;
  area.focus();
  area.setSelectionRange(at, at);
})()`;

test("with 1,000 mounts a key stroke's picture takes at most three times what planning alone takes", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await dropMounts(opened, 1000);
  // The public door is not beside the page.
  await opened.context.unrouteAll();
  const time = await CpuTime.of(opened);
  const planning: number[] = [];
  const typing: number[] = [];
  for (let count = 0; count < 16; count += 1) {
    await page.evaluate(caretInSeven);
    // The address is written then.
    await page.waitForTimeout(500);
    planning.push(await time.ofTask(() => page.evaluate(planAlone)));
    typing.push(await time.of(() => page.evaluate(typeOne)));
  }
  const [plan = 0, type = 0] = [planning, typing].map(lowerQuartile);
  assert.ok(type <= 3 * plan, `${type} ms of ${typing}; planning: ${plan} ms of ${planning}`);
  await opened.context.close();
});

function lowerQuartile(times: readonly number[]): number {
  return [...times].sort((one, other) => one - other)[Math.floor(times.length / 4)] ?? 0;
}

test("four times as many mounts take no more than six times as long, up to 12,000", { skip }, async () => {
  const times: number[] = [];
  for (const count of [3000, 12_000]) {
    const opened = await open();
    await dropMounts(opened, 2900);
    const runs: number[] = [];
    for (let run = 0; run < 3; run += 1) {
      await opened.page.getByRole("link", { name: "A nydus image" }).click();
      await opened.waitForRow("guest", "lazy");
      const begin = performance.now();
      await dropMounts(opened, count);
      runs.push(performance.now() - begin);
    }
    times.push(Math.min(...runs));
    await opened.close();
  }
  const [few = 0, many = 0] = times;
  assert.ok(many <= 6 * few, `${many} ms and ${few} ms`);
});

// Whether rows are wherever one looks: at the picture's middle, and near its edges.
function isFilled(): boolean {
  const box = document.querySelector(".picture")?.getBoundingClientRect();
  if (!box) return false;
  const { left, top, width, height } = box;
  // One point of two may be between two rows.
  const isRow = (y: number) => document.elementFromPoint(left + width - 60, y)?.closest(".row") ?? false;
  return [0.2, 0.5, 0.8].every((at) => isRow(top + at * height) || isRow(top + at * height + 8));
}

test("of 10,000 mounts only rows in sight are drawn, wherever somebody scrolls", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  await dropMounts(opened, 10_000);
  const picture = page.locator(".picture");
  for (const part of [0, 0.25, 0.5, 1]) {
    await picture.evaluate((box, at) => {
      box.scrollTop = at * box.scrollHeight;
    }, part);
    await page.waitForFunction(isFilled);
    assert.ok((await page.getByRole("treeitem").count()) < 150);
    assert.ok((await page.locator(".curve").count()) < 300);
  }
  assert.ok((await page.locator("*").count()) < 3000);
  await opened.close();
});
