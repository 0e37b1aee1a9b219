import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { OpenPage } from "../support/browser/open-page.ts";
import { previewFor } from "../support/browser/preview.ts";
import { packageRoot } from "../support/package-root.ts";

// How somebody's own files come to the page, and what stays of the input before.

const { skip, open, openAt } = await previewFor("how files are opened");

const config = readFileSync(join(packageRoot, "tests/fixtures/bundles/runc-spec.json"), "utf8");
const wrong = JSON.stringify({
  ociVersion: "1.0.2",
  root: { path: "rootfs" },
  mounts: [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/etc/own", type: "bind", source: "/srv/own", options: ["rbind", "idmap=uids=0-1000-1"] },
  ],
});

// As a browser does it, that puts the text in unless the page forbids that.
async function paste({ page }: OpenPage, selector: string, text: string): Promise<void> {
  await page.evaluate(
    ([place, pasted]) => {
      const data = new DataTransfer();
      data.setData("text/plain", pasted as string);
      const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
      const field = document.querySelector<HTMLTextAreaElement>(place as string);
      field?.focus();
      if (field?.dispatchEvent(event)) document.execCommand("insertText", false, pasted);
    },
    [selector, text],
  );
}

test("files are opened by a button, from the keyboard, too, and the hint is there from the beginning", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await page.getByText(/or drop or paste a config\.json/).waitFor();
  const button = page.getByRole("button", { name: "Open files" });
  for (const name of ["first.json", "second.json"]) {
    const choosing = page.waitForEvent("filechooser");
    await button.focus();
    await page.keyboard.press("Enter");
    await (await choosing).setFiles({ name, mimeType: "application/json", buffer: Buffer.from(config) });
    await page.getByText("Taken for a bundle's config.json.").waitFor();
    await opened.waitForRow("guest", "c1");
    await page.getByRole("link", { name: "A pod" }).click();
    await opened.waitForRow("guest", "logger");
  }
  await opened.close();
});

test("the page says that what is held over it may be dropped", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  await page.locator("main").dispatchEvent("dragover");
  await page.getByText("Drop it: it stays in this page.").waitFor();
  await page.locator("main").dispatchEvent("dragleave");
  await page.getByText(/or drop or paste a config\.json/).waitFor();
  await opened.close();
});

test("a whole config.json that is pasted over an example is opened, and nothing of the example stays", {
  skip,
}, async () => {
  const opened = await open();
  await paste(opened, 'textarea[aria-label^="config.json of container 1"]', config);
  await opened.waitForRow("guest", "c1");
  const rows = await opened.rows("guest");
  for (const name of ["pod1", "web", "logger"]) assert.ok(!rows.includes(name), name);
  // In a bundle of one's own a paste is text.
  await paste(opened, 'textarea[aria-label^="config.json of container 1"]', config);
  await opened.page.getByText(/This is not JSON yet/).waitFor();
  await opened.close();
});

test("a part of a document that is pasted into an example is text", { skip }, async () => {
  const opened = await open({ hash: "#confidential" });
  const editor = 'textarea[aria-label^="What is beside"]';
  await opened.editor("What is beside").selectText();
  await paste(opened, editor, '{ "id": "pasted", "bundle": "/b" }');
  await opened.waitForRow("guest", "pasted");
  assert.match(await opened.editor("config.json of container 1").inputValue(), /bank\/ledger/);
  await opened.close();
});

test("a container is removed, and the other one stays as it was", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  const other = (await opened.rows("guest")).indexOf("logger");
  assert.notEqual(other, -1);
  await page.getByRole("button", { name: "Remove container 1" }).click();
  await page.locator('[data-column="guest"] [aria-label="web"]').waitFor({ state: "detached" });
  assert.ok((await opened.rows("guest")).includes("logger"));
  assert.match(await opened.editor("What is beside").inputValue(), /logger/);
  await opened.close();
});

test("what Save JSON saves opens the same page, also after it was changed", { skip }, async () => {
  const opened = await open({ hash: "#erofs" });
  const { page } = opened;
  await opened.replace("What is beside", '"app"', '"saved"');
  await opened.waitForRow("guest", "saved");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save JSON" }).click();
  const text = readFileSync(await (await saving).path(), "utf8");
  assert.match(await opened.notice(), /guestshare-plan\.json is saved/);
  const beside = await opened.editor("What is beside").inputValue();
  const again = await open();
  await again.drop({ name: "guestshare-plan.json", text });
  await again.page.getByText("Taken for a saved page.").waitFor();
  await again.waitForRow("guest", "saved");
  assert.equal(await again.editor("What is beside").inputValue(), beside);
  assert.deepEqual(await again.rows("guest"), await opened.rows("guest"));
  await again.close();
  await opened.close();
});

test("a file with a mistake shows no picture of another one, and names the mount and the way out", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.drop({ name: "wrong.json", text: wrong });
  const alert = page.getByRole("alert");
  await alert.getByText("config.json, mounts[1].options[1], the mount at /etc/own").waitFor();
  assert.match((await alert.textContent()) ?? "", /uidMappings and gidMappings/);
  assert.equal(await opened.notice(), "");
  assert.equal(await page.getByRole("treeitem").count(), 0);
  await page.getByText("Nothing can be drawn of this until the mistake is mended.").waitFor();
  await opened.replace("config.json of container 1", ',"idmap=uids=0-1000-1"', "");
  await opened.waitForRow("guest", "/etc/own");
  await opened.close();
});

test("while there is a mistake all of the last picture is old, and says so", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.drop({ name: "config.json", text: config });
  await page.getByText("Taken for a bundle's config.json.").waitFor();
  await opened.replace("config.json of container 1", '"mounts"', '"mounts');
  await page.getByText(/^Old: the picture and all below/).waitFor();
  assert.equal(await opened.notice(), "");
  await page.locator(".result.stale .tab-panel").waitFor();
  await opened.close();
});

test("the words that would be right are unfolded on demand", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.replace("config.json of container 1", '"rprivate"', '"rpirvate"');
  const alert = page.getByRole("alert");
  await alert.getByText(/perhaps "rprivate" is meant\)/).waitFor();
  assert.equal(await alert.getByText(/known are/).isVisible(), false);
  await alert.getByText("All that would be right here").click();
  await alert.getByText(/known are "ro"/).waitFor();
  await opened.close();
});

test("a link says what is in it, and that of a file that it opens here only; what is saved is told", {
  skip,
}, async () => {
  const opened = await openAt(pathToFileURL(join(packageRoot, "dist/preview/index.html")).href);
  const { page } = opened;
  await page.getByRole("button", { name: "Copy link" }).click();
  await page
    .getByText(/the text of config\.json.*opens on this machine only|does not let this page copy/)
    .waitFor();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save SVG" }).click();
  await saving;
  await page.getByText("guestshare.svg is saved.").waitFor();
  await opened.close();
});
