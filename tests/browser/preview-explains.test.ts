import assert from "node:assert/strict";
import { test } from "node:test";
import { previewFor } from "../support/browser/preview.ts";

// What the page says of its own words and marks, and of what nobody told it.

const { skip, open } = await previewFor("what the page explains");

const bundle = JSON.stringify({
  ociVersion: "1.0.2",
  root: { path: "rootfs", readonly: true },
  mounts: [
    {
      ...{ destination: "/etc/app", type: "bind", options: ["rbind", "ro"] },
      source: "/var/lib/kubelet/pods/7d0e/volumes/kubernetes.io~configmap/settings",
    },
  ],
});

test("a root that the guest makes read-only has its why, and a configmap the number that is assumed", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.drop({ name: "config.json", text: bundle });
  await opened.waitForRow("guest", "c1");
  const panel = page.getByRole("complementary", { name: "What is selected" });
  await page.locator('[data-column="guest"] [aria-label^="/, bound"]').click();
  await panel.getByText(/makes it read-only for the container; the share itself is writable/).waitFor();
  await page.locator('[data-column="guest"] [aria-label*="etc/app, "]').click();
  await panel.getByText(/a configmap or a secret of 1 to 8 files/).waitFor();
  await panel.getByText(/of 1 to 8 files \(as is assumed\), which/).waitFor();
  await panel.getByRole("button", { name: "Say it in Sources" }).click();
  await page.getByLabel("Number of files").fill("9");
  await panel.getByText(/it is a bind of a path of the host/).waitFor();
  await panel.getByText(/of more than 8 files is not watched/).waitFor();
  assert.equal(await panel.getByText(/is assumed/).count(), 0);
  await opened.close();
});

test("what is made up for a config.json is told, until somebody says otherwise, and so are guesses", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  const madeUp = page.getByText(/they are made up/);
  assert.equal(await madeUp.count(), 0, "the example has names of its own");
  await opened.drop({ name: "config.json", text: bundle });
  await madeUp.waitFor();
  await opened.tab("Predicted mount table");
  const types = await page.locator(".mount-rows tbody td:nth-child(2)").allTextContents();
  assert.deepEqual(types.slice(0, 3), ["tmpfs", "tmpfs", "tmpfs"], "guard, hub and view");
  assert.ok(types.length > 3 && types.slice(3).every((type) => type.endsWith(" (a guess)")), types.join());
  await opened.replace("What is beside", '"c1"', '"own"');
  await madeUp.waitFor({ state: "detached" });
  await opened.close();
});

test("rows of the guest say which is the machine and which a container, and the legend has lines and bars", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  const shown = (label: string) =>
    page
      .locator(`[data-column="guest"] [aria-label="${label}"] .label`)
      .evaluate((element) => getComputedStyle(element, "::after").content);
  assert.match(await shown("pod1"), /virtual machine/);
  assert.match(await shown("web"), /container/);
  await page.getByText("What the marks mean").click();
  await page.locator(".legend").getByText("in which all shares of the sandbox are attached").waitFor();
  await page.getByText("your last change made or changed it").waitFor();
  assert.equal(await page.locator(".legend svg .line").count(), 6);
  await opened.close();
});

test("the mount of the whole view says that its top is read-only", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  await page
    .locator('[data-column="guest"] [data-kind="storage"][aria-label*="shared/containers, "]')
    .click();
  const panel = page.getByRole("complementary", { name: "What is selected" });
  await panel.getByText(/its top is read-only, and each share in it says for itself/).waitFor();
  await opened.close();
});

test("the keys are shown with the words of the picture", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  await page.getByRole("button", { name: "Keys" }).click();
  const words = await page.locator("dialog dl").last().locator("dt").allTextContents();
  assert.deepEqual(words, ["Hub", "View", "Share", "Storage", "Agent"]);
  await opened.close();
});

test("what the guest may write is found", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  await page.getByRole("button", { name: "Writable" }).click();
  const count = Number(/of (\d+)/.exec((await page.locator(".find small").textContent()) ?? "")?.[1]);
  const columns = [await opened.rows("hub"), await opened.rows("guest")].flat();
  assert.equal(count, columns.filter((name) => name.includes("the guest may write")).length);
  await page.getByRole("button", { name: "Next" }).click();
  await page.locator('.row.selected[aria-label*="the guest may write"]').waitFor();
  await opened.close();
});
