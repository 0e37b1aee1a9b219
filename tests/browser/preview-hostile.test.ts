import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeTable } from "../support/browser/node-table.ts";
import { previewFor } from "../support/browser/preview.ts";

// What is large, deep or hostile: text is text, and the page stays usable.

const { skip, open } = await previewFor("that the page bears any input");

const hostile = {
  op: "shareContainer",
  sandbox: { id: "s1" },
  container: {
    id: "c1",
    rootFs: { target: "/r" },
    mounts: [
      {
        destination: "/<img src=x onerror=document.title='gone'>",
        source: "/srv/\u202egpj.exe",
        type: "bind",
        options: ["rbind"],
      },
      { destination: "/b\u001b[2J", source: "/srv/b", type: "bind", options: ["ro"] },
    ],
  },
};

test("names of others are text: markup does nothing, and marks of direction are shown as numbers", {
  skip,
}, async () => {
  const opened = await open();
  await opened.drop({ name: "request.json", text: JSON.stringify(hostile) });
  await opened.waitForRow("guest", "/<img");
  const { page } = opened;
  assert.equal(await page.locator("img").count(), 0);
  assert.notEqual(await page.title(), "gone");
  assert.ok((await opened.rows("host")).some((name) => name.includes("\\u{202e}gpj.exe")));
  assert.ok(
    (await opened.rows("guest")).some(
      (name) => name.startsWith("b\\x1b[2J") || name.startsWith("/b\\x1b[2J"),
    ),
  );
  const visible = (await page.locator(".result").textContent()) ?? "";
  assert.ok(!visible.includes("\u202e") && !visible.includes("\u001b"));
  await opened.close();
});

test("what is nested deeper than a stack is told, and the page goes on", { skip }, async () => {
  const opened = await open();
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  await opened.drop({ name: "deep.json", text: `{"op":"prepare","sandbox":${deep(100_000)}}` });
  await opened.page.getByText("What is in deep.json is nested too deep to be read.").waitFor();
  await opened.page.getByRole("link", { name: "A root on a disk" }).click();
  await opened.waitForRow("guest", "db");
  await opened.replace("config.json of container 1", '"mounts": [', `"deep": ${deep(10_000)}, "mounts": [`);
  await opened.page.getByText("This is nested too deep to be read").waitFor();
  await opened.replace("config.json of container 1", deep(10_000), "0");
  await opened.page.locator(".picture:not(.stale)").waitFor();
  await opened.close();
});

const shapes = [
  ["markup", "<script>document.title='gone'</script><img src=x onerror=alert(1)>"],
  ["control characters", "\u0001\u0007\u001b]0;gone\u0007\u009b2J"],
  ["marks of direction", "\u202e\u2066\u200fexe.gpj"],
] as const;

for (const [what, name] of shapes) {
  test(`ten megabytes of a table with ${what} in its names are text, and the page stays usable`, {
    skip,
  }, async () => {
    const opened = await open();
    const { page } = opened;
    const written = name.replace(/[ \\]/g, (one) => `\\0${one.charCodeAt(0).toString(8)}`);
    const table = nodeTable(400).replaceAll("-data0 ", `-${written} `);
    const count = Math.ceil((10_000_000 - table.length) / 90);
    const lines = Array.from({ length: count }, (_, at) => {
      const id = at + 100_000;
      return `${id} 2 0:9 / /srv/other/${id}/${"x".repeat(40)} rw,relatime - tmpfs ${written} rw`;
    });
    await opened.drop({ name: "mountinfo", text: `${table}${lines.join("\n")}\n` });
    await page.getByRole("tab", { name: "Bundle" }).focus();
    await opened.waitForRow("hub", "sb000");
    await page.getByRole("textbox", { name: "Find" }).fill("sb006/mounts/c1-0000000000000000");
    await page.keyboard.press("Enter");
    const panel = page.getByRole("complementary", { name: "What is selected" });
    const heading = (await panel.locator("h2").textContent()) ?? "";
    assert.match(heading, what === "markup" ? /<script>document/ : /\\(?:x07|u\{202e\})/);
    const visible = (await page.locator(".result").textContent()) ?? "";
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there.
    assert.doesNotMatch(visible, /[\u0007\u001b\u009b\u202e\u2066\u200f]/);
    assert.equal(await page.locator("img, main script").count(), 0);
    assert.notEqual(await page.title(), "gone");
    assert.ok((await page.locator("*").count()) < 8_000);
    await page.getByRole("link", { name: "A nydus image" }).click();
    await opened.waitForRow("guest", "lazy");
    await opened.close();
  });
}

test("ten megabytes that nest deep are told, and the page goes on", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  const deep = `${"[".repeat(5_000_000)}${"]".repeat(5_000_000)}`;
  await opened.drop({ name: "request.json", text: `{"op":"prepare","sandbox":${deep}}` });
  await page
    .getByRole("alert")
    .getByText(/./)
    .or(page.locator(".notice").getByText(/deep/))
    .first()
    .waitFor();
  await page.getByRole("link", { name: "A nydus image" }).click();
  await opened.waitForRow("guest", "lazy");
  await opened.close();
});
