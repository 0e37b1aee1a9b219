// Of the harness itself: a wrong plan fails the check that it is for.
import assert from "node:assert/strict";
import { chmodSync, chownSync, cpSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import type { AgentStorage, Container } from "../../ffi/mod.ts";
import { wholeContainer } from "../support/bundles/whole-container.ts";
import { copyDisk, makeDisk, makeErofs } from "../support/guest/disk-image.ts";
import { mount } from "../support/mounts.ts";
import { Agent } from "./support/agent.ts";
import { assertReadOnly, assertSame, assertStorages, assertTree, assertWritable } from "./support/checks.ts";
import { assertContainer } from "./support/container.ts";
import { guestTest } from "./support/guest-test.ts";
import { hostTree } from "./support/tree.ts";

const assertion = { name: "AssertionError" };
const failure = { name: /^(AssertionError|GuestError)$/ };
const container = { id: "c1" };

guestTest("a share in the wrong mode fails, and each thing in which files can differ", async (test) => {
  const { scratch, share, storages, boot } = test;
  const { guest, agent } = await boot();
  await agent.add(storages);
  const pathOf = async (source: string, ...options: string[]) =>
    (await share.shareFile(container, { destination: "/x", source, options }))?.guestPath as string;
  const other = scratch.directory("other");
  await assert.rejects(assertReadOnly(guest, await pathOf(other, "rw"), other), assertion);
  await assert.rejects(assertWritable(guest, await pathOf(other, "ro"), other), { code: "EROFS" });

  const source = scratch.directory("source");
  scratch.file("source/file", "content");
  scratch.directory("source/directory");
  symlinkSync("file", `${source}/link`);
  const path = await pathOf(source, "ro");
  const differences: readonly ((copy: string) => void)[] = [
    (copy) => writeFileSync(`${copy}/file`, "c0ntent"),
    (copy) => writeFileSync(`${copy}/more`, ""),
    (copy) => unlinkSync(`${copy}/file`),
    (copy) => chmodSync(`${copy}/file`, 0o640),
    (copy) => chmodSync(`${copy}/directory`, 0o1755),
    (copy) => chownSync(`${copy}/file`, 0, 1),
    (copy) => {
      unlinkSync(`${copy}/link`);
      symlinkSync("./file", `${copy}/link`);
    },
    (copy) => mkdirSync(`${copy}/directory/empty`),
  ];
  for (const [at, differ] of differences.entries()) {
    const copy = `${scratch.path}/copy${at}`;
    cpSync(source, copy, { recursive: true, verbatimSymlinks: true });
    await assertSame(guest, path, copy);
    differ(copy);
    await assert.rejects(assertSame(guest, path, copy), assertion, String(differ));
  }
});

guestTest("a container that is shared in another mode than it says fails", async (test) => {
  const { scratch, share, storages, boot } = test;
  const { guest, agent } = await boot();
  await agent.add(storages);
  const { container: own } = wholeContainer(scratch);
  const withMode = (from: string, to: string): Container => ({
    ...own,
    mounts: (own.mounts ?? []).map((each) => ({
      ...each,
      options: (each.options ?? []).map((word) => (word === from ? to : word)),
    })),
  });
  // Shared by one, and judged by the other.
  const plan = await share.shareContainer(withMode("ro", "rw"));
  await agent.add(plan.storages);
  await assert.rejects(assertContainer(scratch, guest, own, plan), assertion);
});

guestTest(
  "a container or a sandbox that lacks a storage fails",
  async (test) => {
    const { scratch, share, storages, boot } = test;
    const { guest } = await boot();
    const { container: own } = wholeContainer(scratch);
    const plan = await share.shareContainer(own);
    const right = [...storages, ...plan.storages];
    assert.equal(right.length, 5); // virtio-fs, shm, two that are watched, an emptyDir
    const see = async (asAgent: Agent, given: readonly AgentStorage[]) => {
      await asAgent.add(given);
      await assertStorages(guest, right);
      await assertSame(guest, plan.rootPath, `${scratch.path}/bundle/rootfs`);
    };
    const wrongs = [...right.keys()].map((at) => right.toSpliced(at, 1));
    for (const given of [right, ...wrongs, right]) {
      const asAgent = new Agent(guest);
      const seen = see(asAgent, given);
      await (given === right ? seen : assert.rejects(seen, failure));
      await asAgent.forget(); // and not as a failure that is expected
    }
  },
  { sandbox: { shmSize: 1 << 20 } },
);

guestTest(
  "a root that lacks a storage fails, and one with an option or an address of another",
  async (test) => {
    const { scratch, share, storages, boot } = test;
    for (const layer of ["top", "base"]) scratch.file(`${layer}/name`, layer);
    scratch.file("base/more");
    const lower = ["top", "base"].map((layer) => `${scratch.path}/${layer}`);
    const merged = scratch.directory("merged");
    mount("-t", "overlay", "-o", `lowerdir=${lower.join(":")}`, "overlay", merged);
    const files = [
      ...lower.map((path, at) => makeErofs(scratch, `snapshots/${at}/layer.erofs`, path)),
      makeDisk(scratch, "snapshots/2/rwlayer.img", "ext4"),
    ];
    const disks = files.map((file, at) => ({ file, at: { scsiAddr: `0:${at}` } }));
    const { guest, agent } = await boot({ disks });
    await agent.add(storages);
    const snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1.erofs/snapshots";
    const shared = await share.shareRootFilesystem({
      ...{
        id: "c1",
        bundle: "/run/c1",
        devices: disks.map(({ file, at }) => ({ path: file, blockDrive: at })),
      },
      rootFs: {
        type: "overlay",
        source: "overlay",
        target: "rootfs",
        options: [`lowerdir=${snapshots}/1/fs`],
      },
    });
    const right = shared?.storages ?? [];
    const tree = hostTree(merged);
    const see = async (wrong: readonly AgentStorage[], deviceTimeoutMs = 30_000) => {
      const asAgent = new Agent(guest, { deviceTimeoutMs });
      try {
        await asAgent.add(wrong);
        await assertStorages(guest, right);
        await assertTree(guest, shared?.guestPath as string, tree);
      } finally {
        await asAgent.forget();
      }
    };
    await see(right);
    for (const at of right.keys()) await assert.rejects(see(right.toSpliced(at, 1)), failure);
    const overlay = right.at(-1) as AgentStorage;
    const [, layers = ""] = /^lowerdir=(.*)$/.exec(overlay.options[0] ?? "") ?? [];
    const reversed = `lowerdir=${layers.split(":").toReversed().join(":")}`;
    const swapped = { ...overlay, options: [reversed, ...overlay.options.slice(1)] };
    await assert.rejects(see([...right.slice(0, -1), swapped]), assertion);
    const [first, second, ...others] = right as [AgentStorage, AgentStorage, ...AgentStorage[]];
    const exchanged = [{ ...first, source: second.source }, { ...second, source: first.source }, ...others];
    await assert.rejects(see(exchanged), assertion);
    const elsewhere = [{ ...first, source: "0:7" }, second, ...others];
    await assert.rejects(see(elsewhere, 1000), /the guest has none there/);
    await see(right);
  },
);

guestTest(
  "a second copy of an xfs without its option fails",
  async ({ scratch, shareWith, storages, boot }) => {
    const image = makeDisk(scratch, "xfs.img", "xfs");
    const disks = [image, copyDisk(image)].map((file, at) => ({ file, at: { pciPath: `02/0${at + 1}` } }));
    const { agent } = await boot({ disks });
    await agent.add(storages);
    const share = shareWith({ blockDeviceDriver: "virtio-blk" });
    const storageOf = async (id: string, pciPath: string) => {
      const shared = await share.shareRootFilesystem({ id, fstype: "xfs", blockDrive: { pciPath } });
      return shared?.storages[0] as AgentStorage;
    };
    const [first, second] = [await storageOf("c1", "02/01"), await storageOf("c2", "02/02")];
    await agent.add([{ ...first, options: [] }]);
    await assert.rejects(agent.add([{ ...second, options: [] }]), { code: "EINVAL" });
    await agent.add([second]);
  },
);
