import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSync } from "../../mod.ts";
import { previewFor } from "../support/browser/preview.ts";

// What the page reads beside bundles, requests and tables: plans alone, direct volumes, configurations of several files.

const { skip, open } = await previewFor("that the page reads all that our doors read");

const core = loadSync();
const csi = "/var/lib/kubelet/pods/p1/volumes/kubernetes.io~csi/disk/mount";
const mounts = [
  { destination: "/data", type: "bind", source: csi, options: ["rbind"] },
  { destination: "/etc/hosts", type: "bind", source: "/srv/hosts", options: ["rbind", "ro"] },
];
const config = JSON.stringify({ ociVersion: "1.2.0", root: { path: "rootfs" }, mounts });
const info = (device: string) =>
  JSON.stringify({ "volume-type": "block", device, fstype: "xfs", metadata: { fsGroup: "7" } });

test("a plan without its request is drawn, as the core gives it", { skip }, async () => {
  const plan = core.planJson(
    JSON.stringify({
      op: "shareContainer",
      sandbox: { id: "bare" },
      container: { id: "web", rootFs: { target: "/run/web" }, mounts },
      random: ["0000000000000000", "1111111111111111"],
    }),
  );
  const opened = await open();
  const { page } = opened;
  await opened.drop({ name: "plan.json", text: plan });
  await page.getByText("Taken for a plan without its request.").waitFor();
  await opened.waitForRow("guest", "web");
  await page.locator('[data-column="guest"] [aria-label*="hosts, bound"]').click();
  const panel = page.getByRole("complementary", { name: "What is selected" });
  assert.match((await panel.textContent()) ?? "", /outcome shared, reason bind/);
  assert.ok(!(await panel.textContent())?.includes("The mount of the specification"));
  assert.match((await page.getByRole("tabpanel", { name: "Steps" }).textContent()) ?? "", /a plan/);
  await opened.replace("Requests", '"op": "bind"', '"op": "glue"');
  await page.getByRole("alert").getByText("No plan has this step").waitFor();
  assert.match((await page.locator("mark.wrong").textContent()) ?? "", /^\{\s+"op": "glue"/);
  await opened.close();
});

const wrongPlans = [
  ['{"directory": "/run/s/a", "steps": 1}', "A plan has a list here"],
  ['{"directory": "/run/s/a", "steps": [{"op": "bind", "undo": []}]}', 'A plan has "source" here'],
  ['{"directory": 7, "steps": []}', "A plan has a text here"],
  ['{"directory": "/a", "steps": [], "outcomes": [null]}', "A plan has an object here"],
] as const;

test("what is no plan is told at its place, and the page goes on", { skip }, async () => {
  const opened = await open();
  for (const [text, said] of wrongPlans) {
    await opened.drop({ name: "plan.json", text });
    await opened.page.getByRole("alert").getByText(said).waitFor();
  }
  await opened.page.getByRole("link", { name: "A nydus image" }).click();
  await opened.waitForRow("guest", "lazy");
  await opened.close();
});

test("a mountInfo.json becomes the disk of the only mount of a CSI driver, and can be changed", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.drop(
    { name: "config.json", text: config },
    { name: "mountInfo.json", text: info("/dev/sdb") },
  );
  await page
    .getByText(`Taken for the direct volume of ${csi}; the addresses of its disk are a guess.`)
    .waitFor();
  await opened.waitForRow("guest", "/data, a filesystem on a disk");
  const { plans } = await opened.savedJson();
  const container = plans[1].request.container;
  assert.deepEqual(container.mounts[0].directVolume, { device: "/dev/sdb", fstype: "xfs", options: [] });
  assert.equal(container.mounts[0].fsGroup, 7);
  await opened.replace("What is beside", '"xfs"', "7");
  await page
    .getByRole("alert")
    .getByText(/mountInfo\.json fstype/)
    .waitFor();
  assert.equal(await page.locator("mark.wrong").textContent(), "7");
  await opened.close();
});

test("of several mounts the chosen one gets the volume, in a bundle and in a request", { skip }, async () => {
  const opened = await open();
  const { page } = opened;
  const two = config.replaceAll(csi, "/srv/volume");
  await opened.drop({ name: "config.json", text: two });
  await opened.waitForRow("guest", "/data");
  await opened.drop({ name: "mountInfo.json", text: info("/dev/sdc") });
  await page.getByText("A mountInfo.json does not say which mount it is for").waitFor();
  await page.locator('[data-column="guest"] [aria-label^="/data"]').click();
  await opened.drop({ name: "mountInfo.json", text: info("/dev/sdc") });
  await page.getByText("Taken for the direct volume of /srv/volume").waitFor();
  await opened.waitForRow("guest", "/data, a filesystem on a disk");
  const container = { id: "c1", rootFs: { target: "/run/r" }, mounts };
  await opened.drop({
    name: "request.json",
    text: JSON.stringify({ op: "shareContainer", sandbox: { id: "s1" }, container }),
  });
  await opened.waitForRow("guest", "/data, bound");
  await opened.drop({ name: "mountInfo.json", text: info("/dev/sdd") });
  await opened.waitForRow("guest", "/data, a filesystem on a disk");
  assert.match(await opened.editor("Requests").inputValue(), /"device": "\/dev\/sdd"/);
  await opened.close();
});

test("a configuration with its drop-in and a bundle that overrides it are taken together", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  await opened.drop(
    { name: "50-disks.toml", text: '[hypervisor.qemu]\nblock_device_driver = "virtio-mmio"\n' },
    { name: "config.json", text: config },
    {
      name: "configuration.toml",
      text: '[hypervisor.qemu]\nshared_fs = "virtio-fs"\nvirtio_fs_cache = "auto"\n',
    },
  );
  await page.getByText("Taken for a configuration.toml and 1 more.").waitFor();
  assert.equal(await page.getByLabel("Driver of disks").inputValue(), "virtio-mmio");
  assert.equal(await page.getByLabel("Shared filesystem").inputValue(), "virtio-fs");
  await opened.waitForRow("guest", "/etc/hosts, bound");
  const annotations = { "io.katacontainers.config.hypervisor.shared_fs": "virtio-fs-nydus" };
  await opened.drop({ name: "config.json", text: JSON.stringify({ ...JSON.parse(config), annotations }) });
  await page
    .getByText("Taken for a bundle's config.json, whose annotations are taken for allowed ones.")
    .waitFor();
  await opened.tab("Sandbox");
  assert.equal(await page.getByLabel("Shared filesystem").inputValue(), "virtio-fs-nydus");
  await opened.close();
});
