import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { previewFor } from "../support/browser/preview.ts";

// What the page says of the end: what takes things back, what stays, and what is left after a crash.

const { skip, open } = await previewFor("what the page says of a pod's end");

// biome-ignore lint/performance/useDomNodeTextContent: the lines are those that somebody reads.
const linesOf = (part: Locator) => part.innerText();

test("a tab says what takes a pod back in order, what stays on the host, and what goes with the guest", {
  skip,
}, async () => {
  const opened = await open();
  await opened.tab("When it ends");
  const text = await linesOf(opened.page.locator(".ending"));
  const [ordinary = "", crash = "", stays = "", goes = "", takesBack = ""] = text.split(
    /What is left after a crash|What stays on the host|What goes with the guest|What takes it back, in order/,
  );
  assert.match(ordinary, /After an ordinary end nothing of guestshare is left/);
  assert.match(stays, /the kubelet removes an emptyDir with its pod/);
  assert.match(takesBack, /staging is there only while submounts are left out/);
  assert.match(stays, /could write to these[\s\S]*\/srv\/logs[\s\S]*could not change these[\s\S]*\/srv\/www/);
  assert.ok(!stays.slice(0, stays.indexOf("could not change")).includes("/srv/www"));
  assert.match(goes, /watchable\/web-\d+-app/);
  assert.match(takesBack, /unshareContainer\s+web[\s\S]*unshareContainer\s+logger[\s\S]*cleanup/);
  // Both containers have one share of the configmap, which the first one that ends leaves to the other.
  const share = /\numount [^\n]*-app\n/;
  const [web = "", logger = ""] = takesBack.split(/unshareContainer\s+logger/);
  assert.doesNotMatch(web, share);
  assert.match(web, /unuse [^\n]*-app\/web/);
  assert.match(logger, share);
  assert.match(crash, /(?:1\d|2\d) mounts stay on the host/);
  assert.match(crash, /guestshare cleanup --id pod1 removes them/);
  assert.match(crash, /guestshare gc finds/);
  await opened.close();
});

test("a sandbox in a directory of its own is cleaned up there, and what is copied goes with its guest", {
  skip,
}, async () => {
  const opened = await open({ hash: "#confidential" });
  await opened.tab("Sandbox");
  await opened.page.getByLabel("Directory of sandboxes on the host").fill("/run/own");
  await opened.tab("When it ends");
  const text = await linesOf(opened.page.locator(".ending"));
  assert.match(text, /guestshare cleanup --id s1 --host-dir \/run\/own/);
  assert.match(text, /What goes with the guest[\s\S]*\/etc\/resolv\.conf[\s\S]*What takes it back/);
  await opened.close();
});

test("what the guest makes by itself goes with it, and is marked as writable", { skip }, async () => {
  const opened = await open();
  const mounts = [
    { destination: "/cache", type: "tmpfs", source: "tmpfs" },
    { destination: "/proc", type: "proc", source: "proc" },
  ];
  await opened.drop({ name: "config.json", text: JSON.stringify({ root: { path: "rootfs" }, mounts }) });
  await opened.waitForRow("guest", "/cache, made in the guest, the guest may write");
  await opened.waitForRow("guest", "/proc, made in the guest, the guest may write");
  await opened.tab("When it ends");
  const text = await linesOf(opened.page.locator(".ending"));
  assert.match(text, /what the guest makes:[\s\S]*\/cache[\s\S]*\/proc[\s\S]*What takes it back/);
  await opened.close();
});

test("each step has what undoes it, and the words for steps are explained", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.tab("Steps");
  const steps = page.getByRole("tabpanel").last();
  assert.match(await linesOf(steps), /guard \/run[^\n]*\/pod1\s+undone by umount \/run[^\n]*\/pod1\n/);
  await page.getByText("What the steps do").click();
  await page.getByText(/^mounts a clone of the source in the hub/).waitFor();
  await opened.close();
});

test("after a cleanup in the request nothing is there but what it took back, and nothing is mounted", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.tab("Request");
  const editor = opened.editor("Requests as JSON");
  const requests = JSON.parse(await editor.inputValue()) as { sandbox: object }[];
  const cleanup = { op: "cleanup", sandbox: requests[0]?.sandbox };
  await editor.fill(JSON.stringify([...requests, cleanup]));
  await opened.waitForRow("hub", "pod1, taken back: it is there no more");
  assert.deepEqual(await opened.rows("guest"), []);
  assert.deepEqual(await opened.rows("host"), []);
  await opened.tab("Predicted mount table");
  await page.getByText("Nothing is mounted on the host.").waitFor();
  await opened.close();
});

test("a container that is taken back in the request takes the shares that no other container uses", {
  skip,
}, async () => {
  const opened = await open();
  await opened.tab("Request");
  const editor = opened.editor("Requests as JSON");
  const requests = JSON.parse(await editor.inputValue()) as { sandbox: object; container?: object }[];
  const { sandbox, container } = requests[1] ?? {};
  await editor.fill(JSON.stringify([...requests, { op: "unshareContainer", sandbox, container }]));
  await opened.page.locator(".row.removed").first().waitFor();
  const hub = await opened.rows("hub");
  const rowOf = (end: RegExp) => hub.find((name) => end.test(name)) ?? "";
  assert.match(rowOf(/^sandbox-\d+-www,/), /taken back/);
  assert.doesNotMatch(rowOf(/^sandbox-\d+-app,/), /taken back/);
  assert.ok(!(await opened.rows("guest")).includes("web"));
  await opened.close();
});
