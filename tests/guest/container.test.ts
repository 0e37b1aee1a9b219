import assert from "node:assert/strict";
import { chownSync, readdirSync } from "node:fs";
import type { Mount } from "../../ffi/mod.ts";
import { wholeContainer } from "../support/bundles/whole-container.ts";
import { mount as mountWith } from "../support/mounts.ts";
import type { Scratch } from "../support/scratch.ts";
import {
  assertMounted,
  assertReadOnly,
  assertSame,
  assertStorages,
  assertWritable,
} from "./support/checks.ts";
import { assertContainer } from "./support/container.ts";
import { guestTest, inGuest } from "./support/guest-test.ts";

guestTest(
  "a whole container is in the guest as its mounts say, through its storages alone",
  async ({ scratch, share, storages, boot }) => {
    const { guest, agent } = await boot();
    await agent.add(storages);
    const { container } = wholeContainer(scratch);
    const plan = await share.shareContainer(container);
    await agent.add(plan.storages);
    await assertStorages(guest, [...storages, ...plan.storages]);
    const root = `${scratch.path}/bundle/rootfs`;
    await assertSame(guest, plan.rootPath, root);
    await assertWritable(guest, plan.rootPath, root);
    const rootFs = { type: "bind", target: "rootfs", options: ["ro"] };
    const closed = await share.shareRootFilesystem({ ...container, id: "c2", rootFs });
    await assertSame(guest, closed?.guestPath as string, root);
    await assertReadOnly(guest, closed?.guestPath as string, root);
    await assertContainer(scratch, guest, container, plan);
  },
);

function emptyDir(scratch: Scratch, name: string, type: string, options: string): Mount {
  const source = scratch.directory(`pods/p1/volumes/kubernetes.io~empty-dir/${name}`);
  mountWith("-t", type, "-o", options, "volume", source);
  return { destination: `/${name}`, source, type: "bind", options: ["rbind"] };
}

guestTest(
  "memory, huge pages and directories of the guest are made where the container finds them",
  async ({ scratch, share, storages, boot }) => {
    const { guest, agent } = await boot();
    await agent.add(storages);
    // A pod's first container has the sandbox's id; local volumes are in its root.
    scratch.directory("pause");
    const pause = { id: "s1", rootFs: { target: `${scratch.path}/pause` } };
    await agent.add((await share.shareContainer(pause)).storages);
    const cache = emptyDir(scratch, "cache", "tmpfs", "mode=0777");
    chownSync(cache.source as string, 0, 2000);
    const disk = emptyDir(scratch, "disk", "ramfs", "defaults");
    const pages = emptyDir(scratch, "pages", "hugetlbfs", "pagesize=2M");
    const shm = { destination: "/dev/shm", type: "tmpfs", source: "shm" };
    const container = {
      ...{ id: "c1", rootFs: { target: scratch.directory("image") }, mounts: [cache, disk, pages, shm] },
      hugepageLimits: [{ pageSize: "2MB", limit: 4 << 20 }],
    };
    const plan = await share.shareContainer(container);
    assert.deepEqual(
      plan.outcomes.map(({ kind }) => kind),
      ["ephemeral", "local", "hugepages", "shm"],
    );
    await agent.add(plan.storages);

    const [inCache = "", onDisk = "", onPages = "", inShm = ""] = plan.mounts.map(({ source }) => source);
    await assertMounted(guest, inCache, "tmpfs");
    await assertMounted(guest, onPages, "hugetlbfs");
    await assertMounted(guest, inShm, "tmpfs");
    assert.equal((await guest.read("/proc/meminfo")).match(/HugePages_Total: +(\d+)/)?.[1], "2");
    const [top] = await guest.tree(inCache);
    assert.deepEqual([top?.mode, top?.gid], ["3777", 2000]);
    for (const path of [inCache, onDisk, inShm]) await guest.write(`${path}/file`, path);
    assert.equal((await guest.tree(onDisk))[0]?.mode, "0777");
    assert.equal(onDisk, `${inGuest}/s1/rootfs/local/disk`);
    assert.deepEqual(readdirSync(`${scratch.path}/pause/local/disk`), ["file"]);
    for (const { source = "" } of [cache, disk]) assert.deepEqual(readdirSync(source), [], source);
  },
  { sandbox: { shmSize: 1 << 20, disableGuestEmptyDir: false } },
);
