import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { previewFor } from "../support/browser/preview.ts";
import { packageRoot } from "../support/package-root.ts";

// The page as it is built, in a browser: opened, changed, mended, sent.

const { skip, open, openAt } = await previewFor("that the page plans and draws");

test("the page has at most 110 kB compressed, with the core in it", () => {
  const folder = join(packageRoot, "dist/preview");
  const files = readdirSync(folder).sort();
  assert.deepEqual(files, ["index.html", "page.css", "page.js"]);
  const bytes = files.map((file) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length);
  const sum = bytes.reduce((one, other) => one + other, 0);
  assert.ok(sum <= 110_000, `${sum} bytes`);
});

const examples = [
  [
    "A pod",
    "guest",
    "app, mounted by the agent from what is shared, read-only, copied anew when the host's changes",
  ],
  ["A root on a disk", "guest", "/, a filesystem on a disk or in an image, the guest may write"],
  ["A nydus image", "hub", "/rafs/lazy/lowerdir, a filesystem on a disk or in an image, read-only"],
  ["Layers on erofs", "guest", "app/rootfs, a layer of an overlay, the guest may write"],
  ["A confidential guest", "guest", "resolv.conf, copied by the agent, read-only"],
] as const;

test("it opens with an example, and each of the five shows what it teaches", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  assert.equal(await page.locator("[aria-current]").textContent(), "A pod");
  for (const [title, column, row] of examples) {
    await page.getByRole("link", { name: title }).click();
    await page.locator(`[aria-current]:text-is(${JSON.stringify(title)})`).waitFor();
    const rows = await opened.rows(column);
    assert.ok(rows.includes(row), `${title}: ${rows.join("\n")}`);
    assert.equal((await page.getByRole("alert").textContent()) ?? "", "");
    assert.equal(await page.locator(".row.changed").count(), 0, title);
  }
  await opened.close();
});

test("an example is a link of its own, and the browser goes back to what was open before", {
  skip,
}, async () => {
  const opened = await open({ hash: "#nydus" });
  const { page } = opened;
  assert.equal(await page.locator("[aria-current]").textContent(), "A nydus image");
  await page.getByRole("link", { name: "A pod" }).click();
  await opened.waitForRow("guest", "logger");
  await page.goBack();
  await opened.waitForRow("guest", "lazy");
  await opened.close();
});

test("a changed value changes the picture, and what changed is marked", { skip }, async () => {
  const opened = await open({ hash: "#confidential" });
  await opened.tab("Sandbox");
  await opened.page.getByLabel("Shared filesystem").selectOption("virtio-fs");
  await opened.waitForRow("guest", "resolv.conf, bound");
  const changed = await opened.page
    .locator(".row.changed")
    .evaluateAll((rows) => rows.map((row) => row.ariaLabel));
  assert.ok(
    changed.some((name) => name?.startsWith("resolv.conf, bound")),
    changed.join("\n"),
  );
  assert.ok(!changed.some((name) => name?.startsWith("/proc")), "/proc is as it was");
  await opened.close();
});

test("what the core refuses is marked where it was typed, the last picture stays, and a change mends it", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  const rows = await opened.rows("guest");
  await opened.replace("config.json of container 1", '"rprivate"', '"rpirvate"');
  await page.locator("mark.wrong").waitFor();
  assert.equal(await page.locator("mark.wrong").textContent(), '"rpirvate"');
  const said = (await page.getByRole("alert").textContent()) ?? "";
  assert.match(said, /container\.mounts\[2\]\.options\[1\] "rpirvate": unsupported-option/);
  assert.equal(await page.locator(".picture.stale").count(), 1);
  assert.deepEqual(await opened.rows("guest"), rows);
  await opened.tab("Sandbox");
  await page.getByRole("button", { name: "Show where" }).click();
  await page.locator("textarea:focus[aria-invalid=true]").waitFor();
  await opened.replace("config.json of container 1", '"rpirvate"', '"rprivate"');
  await page.locator("mark.wrong").waitFor({ state: "detached" });
  assert.equal(await page.locator(".picture.stale").count(), 0);
  await opened.close();
});

test("half-typed JSON is marked at its character, and a wrong field of the sandbox at its field", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.replace("What is beside", '"web",', '"web"');
  await page.locator("mark.wrong").waitFor();
  assert.match((await page.getByRole("alert").textContent()) ?? "", /This is not JSON yet: comma expected/);
  await opened.replace("What is beside", '"web"', '"web",');
  await opened.tab("Sandbox");
  await page.getByLabel("Directory of sandboxes on the host").fill("run/s");
  await page.locator("input[aria-invalid=true]").waitFor();
  const description = (await page.locator("input[aria-invalid=true] ~ strong").textContent()) ?? "";
  assert.match(description, /sandbox\.hostDir "run\/s": not-absolute/);
  await opened.close();
});

test("a row shows its mount, the rule, its steps and where it was typed; a place in the text shows its row", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await page.locator('[data-column="guest"] [aria-label^="app, "]').first().click();
  const panel = page.getByRole("complementary", { name: "What is selected" });
  const text = (await panel.textContent()) ?? "";
  assert.match(text, /\/etc\/app/);
  assert.match(text, /outcome watchable, reason configmap-or-secret/);
  assert.match((await page.locator("mark.shown").textContent()) ?? "", /^\{ "destination": "\/etc\/app"/);
  assert.ok((await page.locator(".row.linked").count()) >= 4, "the source and the share are marked, too");
  await opened.editor("config.json of container 1").focus();
  await opened.replace("config.json of container 1", "/srv/www", "/srv/www");
  assert.match((await panel.textContent()) ?? "", /^\/srv\/www/);
  await opened.close();
});

test("what is guessed of a source is told as a guess, and what somebody says of it counts", {
  skip,
}, async () => {
  const opened = await open({ hash: "#confidential" });
  const { page } = opened;
  await opened.tab("Sources");
  const groups = await page.locator(".form legend").allTextContents();
  assert.deepEqual(groups, [
    "/run/dns/resolv.conf",
    "/var/lib/kubelet/pods/1c2d/volumes/kubernetes.io~configmap/ledger",
    "/run/agent.sock",
  ]);
  const kind = page.getByRole("group", { name: "/run/dns/resolv.conf" }).getByLabel("Kind");
  assert.equal(await kind.locator("option:checked").textContent(), "file (a guess)");
  await kind.selectOption("missing");
  await page
    .getByText(/missing-source/)
    .first()
    .waitFor();
  await kind.selectOption("");
  await page.locator(".picture.stale").waitFor({ state: "detached" });
  await opened.close();
});

test("it works from a file, without any server", { skip }, async () => {
  const file = pathToFileURL(join(packageRoot, "dist/preview/index.html")).href;
  const opened = await openAt(file);
  assert.ok((await opened.rows("guest")).length > 10);
  await opened.close();
});

test("no request leaves the page, whatever is done with it", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  for (const [title] of examples) await page.getByRole("link", { name: title }).click();
  await page.getByRole("button", { name: "Copy link" }).click();
  await opened.drop({ name: "x.txt", text: "nothing that it reads" });
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save SVG" }).click();
  await download;
  const asked = opened.requests.filter((address) => !/^(?:data|blob):/.test(address));
  assert.deepEqual(
    asked.map((address) => address.replace(/^.*\//, "")),
    ["index.html", "page.css", "page.js"],
  );
  await opened.close();
});
