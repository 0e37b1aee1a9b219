import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loadSync } from "../../mod.ts";
import { previewFor } from "../support/browser/preview.ts";
import { runCommand } from "../support/cli/run-command.ts";

// What is sent from the page and saved: links, which open the same page, and files.

const { skip, url, open, openAt } = await previewFor("what the page sends and saves");

test("a link that is copied opens the same page, and the browser's notice says so", { skip }, async () => {
  const opened = await open({ hash: "#erofs" });
  const { page } = opened;
  await opened.replace("What is beside", '"app"', '"copied"');
  await opened.waitForRow("guest", "copied");
  const rows = await opened.rows("guest");
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByText("The link is copied.").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /#1\.[\w-]+$/);
  const again = await openAt(link);
  await again.waitForRow("guest", "copied");
  assert.deepEqual(await again.rows("guest"), rows);
  await again.close();
  await opened.close();
});

test("the link that the command gives for a refused plan opens with the mistake marked", {
  skip,
}, async () => {
  const request = { op: "prepare", sandbox: { id: "s1", sharedFs: "virtiofs" } };
  const words = ["plan", "--offline", "--link", "-"];
  const { stderr } = runCommand(words, { stdin: JSON.stringify(request), env: { GUESTSHARE_PAGE: url } });
  const [link = ""] = /http:\S+/.exec(stderr) ?? [];
  const opened = await openAt(link, { isDrawn: false });
  await opened.page.locator("mark.wrong").waitFor();
  assert.equal(await opened.page.locator("mark.wrong").textContent(), '"virtiofs"');
  assert.match((await opened.page.getByRole("alert").textContent()) ?? "", /sandbox\.sharedFs "virtiofs"/);
  await opened.close();
});

for (const [name, hash, said] of [
  ["a link of which a part was lost", "#1.q1YqU7IqKSpN1VEqS8wpTVWyUi", "The link is damaged"],
  ["a link of another version", "#2.q1Yq", "made by another version of this page"],
] as const) {
  test(`${name} is told, and an example opens instead`, { skip }, async () => {
    const opened = await openAt(url, { hash });
    assert.match(await opened.notice(), new RegExp(said));
    await opened.waitForRow("guest", "pod1");
    await opened.close();
  });
}

test("what is too long for a link is told, and saved as a file that opens the same page", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  // Compression does not shorten these.
  const ids = Array.from({ length: 3000 }, (_, at) => (at * 2654435761).toString(36));
  const mounts = ids.map((id) => ({ destination: `/${id}`, source: `/srv/${id}`, type: "bind" }));
  const request = {
    op: "shareContainer",
    sandbox: { id: "long" },
    container: { id: "c1", rootFs: { target: "/r" }, mounts },
  };
  await opened.drop({ name: "request.json", text: JSON.stringify(request) });
  await opened.waitForRow("guest", "long");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Copy link" }).click();
  const saved = readFileSync(await (await saving).path(), "utf8");
  assert.match(await opened.notice(), /too long for a link/);
  const again = await open();
  await again.drop({ name: "guestshare.json", text: saved });
  await again.waitForRow("guest", "long");
  await again.close();
  await opened.close();
});

test("the plans that are saved are those that Node makes, and the picture is saved with its text", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  const saved = async (button: string) => {
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: button }).click();
    return readFileSync(await (await saving).path(), "utf8");
  };
  const { plans } = JSON.parse(await saved("Save JSON")) as { plans: { request: unknown; plan: unknown }[] };
  assert.equal(plans.length, 3);
  const core = loadSync();
  for (const { request, plan } of plans)
    assert.equal(JSON.stringify(plan), core.planJson(JSON.stringify(request)));
  const svg = await saved("Save SVG");
  assert.match(svg, /<svg [\s\S]*<title>\/srv\/www<\/title>[\s\S]*<\/svg>\s*$/);
  await opened.close();
});
