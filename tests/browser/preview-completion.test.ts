import assert from "node:assert/strict";
import { test } from "node:test";
import { violationsIn } from "../support/browser/axe.ts";
import type { OpenPage } from "../support/browser/open-page.ts";
import { previewFor } from "../support/browser/preview.ts";

// What the editors offer to whoever types: the words of the schema.

const { skip, open } = await previewFor("that the editors complete words");

const words = (opened: OpenPage) => opened.page.getByRole("listbox", { name: "What can be typed here" });
const labels = async (opened: OpenPage) =>
  (await words(opened).getByRole("option").allTextContents()).map((text) => text.split(" ")[0]);

/** Puts a text in an editor, and the caret where it has a bar. */
async function put(opened: OpenPage, label: string, text: string): Promise<void> {
  const editor = opened.editor(label);
  await editor.focus();
  await opened.page.keyboard.press("Control+A");
  await opened.page.keyboard.insertText(text.replace("|", ""));
  const at = text.indexOf("|");
  await editor.evaluate((area, to) => (area as HTMLTextAreaElement).setSelectionRange(to, to), at);
}

test("by keyboard alone a request is written with the words of the schema", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.tab("Request");
  await put(opened, "Requests", '{"|"}');
  await page.keyboard.type("o");
  await words(opened).getByRole("option", { name: "op" }).waitFor();
  assert.deepEqual(await labels(opened), ["op"]);
  await page.keyboard.press("Enter");
  await page.keyboard.type('"pre');
  await words(opened).getByRole("option", { name: "prepare" }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await opened.editor("Requests").inputValue(), '{"op": "prepare"}');
  await page.keyboard.type(', "sand');
  await words(opened).getByRole("option", { name: "sandbox" }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.type('{"id": "typed", "h');
  await words(opened).getByRole("option", { name: "hostDir" }).waitFor();
  assert.deepEqual(await labels(opened), ["hypervisor", "hostDir"]);
  await page.keyboard.press("ArrowDown");
  assert.equal(
    await words(opened).locator("[aria-selected=true]").textContent(),
    "hostDir The directory of all sandboxes on the host",
  );
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Space");
  assert.ok((await labels(opened)).includes("firecracker"));
  await page.keyboard.type('"cl');
  await words(opened).getByRole("option", { name: "clh" }).waitFor();
  await page.keyboard.press("Enter");
  await opened.waitForRow("guest", "typed");
  const value = JSON.parse(await opened.editor("Requests").inputValue());
  assert.deepEqual(value, { op: "prepare", sandbox: { id: "typed", hypervisor: "clh" } });
  await opened.close();
});

const offered = [
  ["Requests", '{"op": "cleanup", "|"}', ["sandbox", "revoke", "rafs"]],
  ["Requests", '[{"op": "prepare", "sandbox": {"forceGuestPull": |}}]', ["true", "false"]],
  ["What is beside", '{"id": "c1", "rootFs": {"|"}}', ["source", "target", "type", "options", "facts"]],
  ["config.json", '{"mounts": [{"options": ["rb|"]}]}', ["rbind"]],
  [
    "config.json",
    '{"mounts": [{"destination": "/a", "|": "x"}]}',
    ["source", "type", "options", "uidMappings", "gidMappings"],
  ],
] as const;

for (const [label, text, expected] of offered) {
  test(`at the bar of ${text} Ctrl+Space offers ${expected.join(", ")}`, { skip }, async () => {
    const opened = await open();
    if (label === "Requests") await opened.tab("Request");
    await put(opened, label, text);
    await opened.page.keyboard.press("Control+Space");
    assert.deepEqual(await labels(opened), [...expected]);
    await opened.close();
  });
}

test("the words are a listbox that the editor points to, and Escape and leaving close it", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.tab("Request");
  await put(opened, "Requests", '{"op": "|"}');
  const editor = opened.editor("Requests");
  await page.keyboard.press("Control+Space");
  const chosen = words(opened).locator("[aria-selected=true]");
  assert.equal(await editor.getAttribute("aria-controls"), await words(opened).getAttribute("id"));
  assert.equal(await editor.getAttribute("aria-activedescendant"), await chosen.getAttribute("id"));
  assert.deepEqual(await violationsIn(page), []);
  await page.keyboard.press("Escape");
  await words(opened).waitFor({ state: "hidden" });
  assert.equal(await editor.getAttribute("aria-activedescendant"), null);
  await page.keyboard.press("Control+Space");
  await words(opened).getByRole("option", { name: "mend" }).click();
  assert.equal(await editor.inputValue(), '{"op": "mend"}');
  assert.equal(await page.locator("textarea:focus").count(), 1);
  await page.keyboard.press("Control+Space");
  await page.getByRole("textbox", { name: "Find" }).focus();
  await words(opened).waitFor({ state: "hidden" });
  await opened.close();
});

test("who types fast loses no character: what was typed meanwhile stays", { skip }, async () => {
  const opened = await open();
  await opened.tab("Request");
  await put(opened, "Requests", "|");
  const text = "prepare cleanup shareFile shareContainer mend ".repeat(4);
  await opened.page.keyboard.type(text);
  assert.equal(await opened.editor("Requests").inputValue(), text);
  await opened.close();
});
