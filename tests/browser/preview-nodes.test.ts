import assert from "node:assert/strict";
import { test } from "node:test";
import { kataNodeTable } from "../support/browser/kata-node-table.ts";
import { nodeTable } from "../support/browser/node-table.ts";
import { previewFor } from "../support/browser/preview.ts";

// The mount tables of whole nodes.

const { skip, open } = await previewFor("that a node with 400 sandboxes is drawn and searched");

test("on a node with 400 sandboxes of both layouts a share that no guest sees is found, and few rows are drawn", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.drop({ name: "mountinfo", text: nodeTable(400) });
  await page.getByText("Taken for a mount table.").waitFor();
  await page
    .locator('[data-column="hub"] h2')
    .getByText(/^[1-9]\d{3}$/)
    .waitFor();
  await page.getByRole("textbox", { name: "Find" }).fill("unseen-share");
  for (let count = 0; count < 3; count += 1) await page.keyboard.press("Enter");
  const panel = page.getByRole("complementary", { name: "What is selected" });
  await panel.getByText("the view does not show the share").waitFor();
  assert.match((await panel.textContent()) ?? "", /sandboxes\/sb004\//);
  assert.ok((await page.getByRole("treeitem").count()) < 300);
  await opened.close();
});

test("a node with 400 sandboxes of both of Kata's runtimes is drawn, and searched by paths and findings", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.drop({ name: "mountinfo", text: kataNodeTable(400, [38, 251]) });
  await page.getByText("Taken for a mount table.").waitFor();
  await opened.waitForRow("hub", "sb000");
  const panel = page.getByRole("complementary", { name: "What is selected" });
  const find = async (text: string, times: number) => {
    await page.getByRole("textbox", { name: "Find" }).fill(text);
    for (let count = 0; count < times; count += 1) await page.keyboard.press("Enter");
    await page.locator('.row.selected[aria-selected="true"]').first().waitFor();
  };
  await find("unseen-share", 1);
  await panel.getByText("sandboxes/sb038/mounts/c1-34d3357986048638-passwd").first().waitFor();
  await find("unseen-share", 1);
  await panel.getByText("sandboxes/sb251/rw/passthrough/sandbox-4e5f6a7b-passwd").first().waitFor();
  await panel.getByText("the view does not show the share").waitFor();
  await find("sb399/rw", 1);
  assert.match((await panel.locator("h2").textContent()) ?? "", /sandboxes\/sb399\/rw/);
  assert.equal(await page.getByRole("tab", { name: "Findings" }).textContent(), "Findings 2");
  assert.ok((await page.getByRole("treeitem").count()) < 150);
  await opened.close();
});
