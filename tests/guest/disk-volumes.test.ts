import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Mount } from "../../ffi/mod.ts";
import { changeDisk, makeDisk } from "../support/guest/disk-image.ts";
import type { Scratch } from "../support/scratch.ts";
import { assertStorages, assertTree } from "./support/checks.ts";
import { guestTest } from "./support/guest-test.ts";
import { fillOddly } from "./support/odd-tree.ts";
import { readPmem, writePmem } from "./support/pmem.ts";
import { hostTree, type TreeEntry } from "./support/tree.ts";

/** A disk with odd files, and what the host's kernel sees on it. */
function oddDisk(scratch: Scratch, name: string): { image: string; tree: TreeEntry[] } {
  const image = makeDisk(scratch, `${name}.img`, "ext4");
  // Blocks as large as pages, as "dax" needs them.
  execFileSync("mkfs.ext4", ["-q", "-F", "-b", "4096", image]);
  let tree: TreeEntry[] = [];
  changeDisk(scratch, image, (directory) => {
    fillOddly(directory);
    tree = hostTree(directory);
  });
  return { image, tree };
}

const volume = (name: string, more: Partial<Mount>): Mount => ({
  ...{ destination: `/${name}`, source: `/dev/${name}`, type: "ext4", options: ["rw"], ...more },
});

guestTest(
  "volumes on disks are where the container finds them, read-only and with their group",
  async ({ scratch, share, storages, boot }) => {
    const [plain, closed, grouped] = [oddDisk(scratch, "1"), oddDisk(scratch, "2"), oddDisk(scratch, "3")];
    const disks = [
      { file: plain.image, at: { scsiAddr: "0:1" } },
      { file: closed.image, at: { scsiAddr: "1:0" } },
      { file: grouped.image, at: { scsiAddr: "2:3" } },
    ];
    const { guest, agent } = await boot({ disks });
    await agent.add(storages);
    const mounts = [
      volume("plain", { blockDrive: { scsiAddr: "0:1" } }),
      volume("closed", { blockDrive: { scsiAddr: "1:0" }, options: ["ro"] }),
      volume("grouped", { blockDrive: { scsiAddr: "2:3" }, fsGroup: 3000 }),
    ];
    const container = { id: "c1", rootFs: { target: scratch.directory("image") }, mounts };
    const plan = await share.shareContainer(container);
    await agent.add(plan.storages);
    const paths = plan.mounts.map(({ source = "" }) => source);
    await assertStorages(guest, plan.storages);
    const [inPlain = "", inClosed = "", inGrouped = ""] = paths;
    await assertTree(guest, inPlain, plain.tree);
    await assertTree(guest, inClosed, closed.tree);
    const groups = (await guest.tree(inGrouped)).map(({ gid }) => gid);
    assert.deepEqual(
      groups,
      grouped.tree.map(() => 3000),
    );
    await assert.rejects(guest.write(`${inClosed}/new`, "x"), { code: "EROFS" });
    await guest.write(`${inPlain}/new`, "by the guest");
    await agent.remove(plan.storages);
    await guest.end();
    assertWritten(scratch, plain.image);
  },
);

guestTest("a volume on a pmem device is mounted with dax", async ({ scratch, share, storages, boot }) => {
  const { image, tree } = oddDisk(scratch, "1");
  const file = scratch.file("pmem");
  writePmem(file, image);
  const { guest, agent } = await boot({ disks: [{ file, at: { nvdimmId: "0" } }] });
  await agent.add(storages);
  const mounts = [volume("pmem", { blockDrive: { nvdimmId: "0", pmem: true } })];
  const plan = await share.shareContainer({ id: "c1", rootFs: { target: scratch.directory("r") }, mounts });
  await agent.add(plan.storages);
  const path = plan.mounts[0]?.source as string;
  await assertTree(guest, path, tree);
  assert.match(await guest.read("/proc/self/mounts"), /^\/dev\/pmem0 \S+ ext4 \S*\bdax\b/m);
  await guest.write(`${path}/new`, "by the guest");
  await agent.remove(plan.storages);
  await guest.end();
  readPmem(file, image);
  assertWritten(scratch, image);
});

function assertWritten(scratch: Scratch, image: string): void {
  changeDisk(scratch, image, (directory) =>
    assert.equal(readFileSync(`${directory}/new`, "utf8"), "by the guest"),
  );
}
