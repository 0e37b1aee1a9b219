import assert from "node:assert/strict";
import { existsSync, readdirSync, rmdirSync } from "node:fs";
import type { Container, Sandbox } from "../../ffi/mod.ts";
import { requestError, stepError } from "../support/errors.ts";
import { mountTmpfs, mount as mountWith } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { mountTable } from "../support/state.ts";

const disk = { id: "c1", fstype: "ext4", blockDrive: { scsiAddr: "0:1" } };

/** Mounts of which the host shares nothing: the guest makes them. */
function guestMounts(scratch: Scratch) {
  const cache = scratch.directory("pods/p1/volumes/kubernetes.io~empty-dir/cache");
  mountTmpfs(cache);
  return [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/tmp", type: "tmpfs", source: "tmpfs" },
    { destination: "/dev/shm", type: "tmpfs", source: "shm" },
    { destination: "/cache", type: "bind", source: cache, options: ["rbind"] },
  ];
}

const roots: readonly [what: string, sandbox: Partial<Sandbox>, root: Container][] = [
  ["on a disk", {}, disk],
  [
    "that the guest pulls",
    { forceGuestPull: true },
    { id: "c1", annotations: { "io.kubernetes.cri.image-name": "busybox" } },
  ],
  ["that the guest has", { serviceOffload: true }, { id: "c1" }],
];

for (const [what, sandbox, root] of roots) {
  mountTest(
    `without sharing, a container with a root ${what} needs no directory of a sandbox`,
    async (scratch) => {
      const share = scratch.share({ sharedFs: "none", ...sandbox });
      const container = { ...root, mounts: guestMounts(scratch) };
      const before = mountTable();
      rmdirSync(scratch.hostDir);
      const { outcomes, storages, mounts } = await share.shareContainer(container);
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ["guest", "guest", "shm", "ephemeral"],
      );
      assert.ok(storages.some(({ driver }) => driver === "ephemeral"));
      assert.equal(mounts.length, 4);
      await share.unshareContainer(container);
      assert.equal(existsSync(scratch.hostDir), false);
      assert.deepEqual(mountTable(), before);
    },
  );
}

for (const sandbox of [{ sharedFs: "none" }, { hypervisor: "firecracker" }] as const) {
  mountTest(`with ${JSON.stringify(sandbox)} a root that is a directory is refused`, async (scratch) => {
    const share = scratch.share(sandbox);
    const container = { id: "c1", rootFs: { target: scratch.directory("image") } };
    assert.equal((await requestError(share.shareContainer(container))).code, "needs-sharing");
    await share.unshareContainer(container);
    assert.deepEqual(readdirSync(scratch.hostDir), []);
  });

  mountTest(
    `with ${JSON.stringify(sandbox)} what has to be copied is refused: there is no agent`,
    async (scratch) => {
      const share = scratch.share(sandbox);
      await share.prepare();
      const volume = scratch.directory("pods/p1/volumes/kubernetes.io~empty-dir/disk");
      mountWith("-t", "ramfs", "ram", volume);
      for (const source of [scratch.file("f"), scratch.directory("d"), volume]) {
        const mounts = [...guestMounts(scratch).slice(0, 3), { source, destination: "/x", type: "bind" }];
        const error = await stepError(share.shareContainer({ ...disk, mounts }));
        assert.deepEqual([error.step.op, error.code, error.undo], ["copy", "EOPNOTSUPP", []]);
        assert.match(error.message, /^Cannot copy "\/.*": EOPNOTSUPP \(.*no agent.*\)$/);
        assert.deepEqual(readdirSync(scratch.hostDir), []);
      }
      await share.cleanup();
    },
  );
}

mountTest("without sharing, what has no content to copy is ignored", async (scratch) => {
  const share = scratch.share({ sharedFs: "none" });
  const { outcomes, mounts } = await share.shareContainer({
    ...disk,
    mounts: [{ source: "/dev/null", destination: "/null", type: "bind" }],
  });
  assert.equal(outcomes.length, 1);
  assert.ok(["guest", "ignored"].includes(outcomes[0]?.kind ?? ""));
  assert.equal(mounts.length, outcomes[0]?.kind === "guest" ? 1 : 0);
  const file = await share.shareFile({ id: "c1" }, { source: "/dev/null", destination: "/null" });
  assert.equal(file, null);
});
