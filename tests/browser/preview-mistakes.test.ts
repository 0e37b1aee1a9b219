import assert from "node:assert/strict";
import { test } from "node:test";
import { previewFor } from "../support/browser/preview.ts";

// What the page says of a mistake beside the core's words, and where it leads.

const { skip, open } = await previewFor("how the page leads to a mistake");

const mount = { destination: "/data", type: "bind", source: "/srv/data", options: ["rbind"] };
const bundleWith = (one: object) =>
  JSON.stringify({ root: { path: "rootfs" }, mounts: [{ ...mount, ...one }] }, null, 1);

const selectedText = (element: HTMLTextAreaElement) =>
  element.value.slice(element.selectionStart, element.selectionEnd);

test("the way to a mistake selects the value, so that what is typed takes its place", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.replace("config.json of container 1", '"rprivate"', '"rpirvate"');
  await page.getByRole("button", { name: "Show where" }).click();
  const editor = page.locator("textarea:focus[aria-invalid=true]");
  await editor.waitFor();
  assert.equal(await editor.evaluate(selectedText), '"rpirvate"');
  await page.keyboard.insertText('"rprivate"');
  await page.locator("mark.wrong").waitFor({ state: "detached" });
  await opened.close();
});

test("where something is missing, the caret stands in what it is missing from", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.drop({ name: "config.json", text: bundleWith({ destination: undefined }) });
  await page
    .getByText(/missing-field/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Show where" }).click();
  const editor = page.locator("textarea:focus[aria-invalid=true]");
  const before = await editor.evaluate((element: HTMLTextAreaElement) => {
    const { value, selectionStart, selectionEnd } = element;
    return selectionStart === selectionEnd ? value.slice(0, selectionStart) : "selected";
  });
  assert.match(before, /"mounts": \[\s*\{$/);
  await opened.close();
});

test("an empty value is called empty, and an option that contradicts another one names it", {
  skip,
}, async () => {
  const opened = await open();
  const said = opened.page.getByRole("alert");
  await opened.drop({ name: "config.json", text: bundleWith({ source: "" }) });
  await said.getByText(/missing-field \(it is empty; give it a value\)/).waitFor();
  await opened.drop({ name: "config.json", text: bundleWith({ options: ["rslave", "rw", "rshared"] }) });
  await said.getByText(/contradicts the earlier option "rslave"; keep one/).waitFor();
  await opened.close();
});

test("what needs sharing leads to the sandbox that has none, and the configuration that said so was taken", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.drop({
    name: "configuration.toml",
    text: '[hypervisor.qemu]\nshared_fs = "none"\n[runtime]\n',
  });
  await page.getByText("Taken for a configuration.toml.").waitFor();
  await page
    .getByRole("alert")
    .getByText(/needs-sharing/)
    .waitFor();
  await opened.tab("Bundle");
  await page.getByRole("button", { name: "Show where" }).click();
  await page.locator("select:focus").waitFor();
  assert.ok(await page.getByLabel("Shared filesystem").evaluate((field) => field === document.activeElement));
  await opened.close();
});
