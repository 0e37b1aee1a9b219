import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { previewFor } from "../support/browser/preview.ts";
import { packageRoot } from "../support/package-root.ts";

// What is dropped and pasted on the page.

const { skip, open } = await previewFor("what the page reads");

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
