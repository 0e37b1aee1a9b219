import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import type { FilesystemShare, Mount } from "../../ffi/mod.ts";
import { requestError } from "../support/errors.ts";
import { refused } from "../support/refused.ts";
import { containerWith, mountedTogether } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";

const bind = (source: string, more: Partial<Mount> = {}): Mount => ({
  ...{ source, destination: "/x", type: "bind", options: ["rbind", "rw"], ...more },
});

async function prepared(scratch: Scratch): Promise<FilesystemShare> {
  const share = scratch.share();
  await share.prepare();
  return share;
}

const sources: readonly [what: string, code: string, make: (scratch: Scratch) => string][] = [
  ["is missing", "ENOENT", ({ path }) => `${path}/gone`],
  ["is below a file", "ENOTDIR", (scratch) => `${scratch.file("f")}/below`],
  [
    "is a link to a device",
    "EINVAL",
    ({ path }) => {
      symlinkSync("/dev/null", `${path}/null`);
      return `${path}/null`;
    },
  ],
];
for (const [what, code, make] of sources) {
  mountTest(`a container with a source that ${what} is refused before anything is done`, async (scratch) => {
    const share = await prepared(scratch);
    const source = make(scratch);
    const container = containerWith(scratch, "c1", [
      bind(scratch.file("good"), { destination: "/good" }),
      bind(source),
    ]);
    const error = await refused(scratch, () => share.shareContainer(container));
    assert.deepEqual([error.step.op === "bind" && error.step.source, error.code], [source, code]);
  });
}

mountTest("a container with a link to the host's processes is refused whole", async (scratch) => {
  const share = await prepared(scratch);
  symlinkSync("/proc/self", `${scratch.path}/link`);
  const mounts = [bind(scratch.file("f"), { destination: "/f" }), bind(`${scratch.path}/link`)];
  const error = await refused(scratch, () => share.shareContainer(containerWith(scratch, "c1", mounts)));
  assert.deepEqual([error.step.op, error.code], ["bind", "EINVAL"]);
});

mountTest("a pipe and a socket are shared as what they are", async (scratch) => {
  const share = await prepared(scratch);
  const { path } = scratch;
  execFileSync("mknod", [`${path}/fifo`, "p"]);
  const { outcomes } = await share.shareContainer(containerWith(scratch, "c1", [bind(`${path}/fifo`)]));
  assert.equal(outcomes[0]?.kind, "shared");
  execFileSync("test", ["-p", scratch.view(mountedTogether(scratch)[0] as string)]);
});

mountTest("a disk that turns out to be a directory is refused", async (scratch) => {
  const share = await prepared(scratch);
  const disk = { id: "c1", fstype: "ext4", blockDrive: { scsiAddr: "0:1" } };
  const before = stateOf(scratch.hostDir);
  const error = await requestError(
    share.shareContainer({ ...disk, rootFs: { source: scratch.directory("d") } }),
  );
  assert.equal(error.code, "not-a-disk");
  assert.deepEqual(stateOf(scratch.hostDir), before);
  const { storages, rootPath } = await share.shareContainer({
    ...disk,
    rootFs: { source: scratch.file("disk.img") },
  });
  assert.deepEqual([storages.map(({ source }) => source), rootPath], [["0:1"], "/guest/c1/rootfs"]);
  await share.unshareContainer(disk);
  assert.deepEqual(readFileSync(`${scratch.path}/disk.img`, "utf8"), "disk.img");
});
