import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadSync } from "../../mod.ts";
import { previewFor } from "../support/browser/preview.ts";
import { runCommand } from "../support/cli/run-command.ts";
import { packageRoot } from "../support/package-root.ts";

// What is dropped and pasted on the page, and what is sent from it.

const { skip, url, open, openAt } = await previewFor("what the page reads, and what it sends");

const fixture = (path: string) => readFileSync(join(packageRoot, "tests/fixtures", path), "utf8");

const dropped = [
  {
    what: "a bundle's config.json",
    file: { name: "config.json", text: fixture("bundles/runc-spec.json") },
    row: "/proc, made in the guest",
  },
  {
    what: "a request",
    file: {
      name: "request.json",
      text: JSON.stringify({ op: "prepare", sandbox: { id: "dropped" } }),
    },
    row: "dropped",
  },
  {
    what: "a plan, whose requests are planned anew",
    file: {
      name: "plan.json",
      text: JSON.stringify({
        kind: "plan",
        operations: [{ request: { op: "prepare", sandbox: { id: "planned" } } }],
      }),
    },
    row: "planned",
  },
  {
    what: "a mount table",
    file: { name: "mountinfo", text: fixture("tables/kata-go-shared.txt") },
    row: "",
  },
  {
    what: "a mount table",
    file: {
      name: "findmnt.json",
      text: JSON.stringify({
        filesystems: [
          {
            id: 2,
            parent: 1,
            "maj:min": "0:40",
            fsroot: "/",
            target: "/run/s/found/mounts",
            fstype: "tmpfs",
            source: "guestshare",
            "vfs-options": "rw,nosuid,nodev,noexec,relatime",
            "opt-fields": "shared:1",
          },
        ],
      }),
    },
    row: "found",
  },
] as const;

for (const { what, file, row } of dropped) {
  test(`${what} that is dropped as ${file.name} is drawn`, { skip }, async () => {
    const opened = await open();
    await opened.drop(file);
    await opened.page.getByText(`Taken for ${what}.`).waitFor();
    const column = what === "a mount table" ? "hub" : "guest";
    if (row !== "") await opened.waitForRow(column, row);
    assert.ok(!(await opened.rows("guest")).includes("pod1"), "the example is gone");
    assert.ok((await opened.rows(column)).length > 0);
    assert.equal(await opened.page.getByRole("alert").textContent(), "");
    await opened.close();
  });
}

test("two config.json that are dropped together are two containers of a pod", { skip }, async () => {
  const opened = await open();
  const text = fixture("bundles/runc-spec.json");
  await opened.drop({ name: "a.json", text }, { name: "b.json", text });
  await opened.waitForRow("guest", "c2");
  assert.ok((await opened.rows("guest")).includes("c1"));
  await opened.close();
});

test("ctr's lines become the root of the container, and a configuration.toml the sandbox", {
  skip,
}, async () => {
  const opened = await open({ hash: "#block-root" });
  await opened.drop({ name: "lines", text: "mount -t bind /srv/root /run/r -o rbind,ro\n" });
  await opened.page.getByText("Taken for the mounts that ctr prints.").waitFor();
  assert.match(await opened.editor("What is beside").inputValue(), /"target": "\/run\/r"|mount -t bind/);
  await opened.drop({
    name: "configuration.toml",
    text: '# Kata\n[hypervisor.clh]\nshared_fs = "none"\n[runtime]\n',
  });
  await opened.page.getByLabel("Hypervisor").waitFor();
  assert.equal(await opened.page.getByLabel("Hypervisor").inputValue(), "clh");
  assert.equal(await opened.page.getByLabel("Shared filesystem").inputValue(), "none");
  await opened.close();
});

test("a text is pasted on the page, and what nothing reads is said", { skip }, async () => {
  const opened = await open();
  const paste = (text: string) =>
    opened.page.evaluate((pasted) => {
      const data = new DataTransfer();
      data.setData("text/plain", pasted);
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
    }, text);
  await paste("Dear all, here is nothing.");
  await opened.page.getByText(/^Nothing that this page reads is in what was pasted/).waitFor();
  assert.ok((await opened.rows("guest")).includes("pod1"), "the picture stays");
  await paste('{"op": "prepare", "sandbox": {"id": "pasted"}}');
  await opened.waitForRow("guest", "pasted");
  await opened.close();
});

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
