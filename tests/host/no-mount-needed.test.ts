import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import type { CallName, Sandbox } from "../../ffi/mod.ts";
import { requestError, stepError } from "../support/errors.ts";
import { counting } from "../support/faults/wrapped-libc.ts";
import { mountsBelow } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

const container = { id: "c1" };
const notSharing: readonly Partial<Sandbox>[] = [
  { sharedFs: "none" },
  { hypervisor: "firecracker" },
  { hypervisor: "acrn" },
  { hypervisor: "remote", sharedFs: "virtio-fs" },
];

// Names are drawn from bytes that the first operation of a process asks the kernel for.
const looking = new Set<CallName>([
  "openat",
  "openat2",
  "close",
  "statx",
  "statmount",
  "listmount",
  "getrandom",
]);

for (const sandbox of notSharing) {
  mountTest(`${JSON.stringify(sandbox)} shares nothing, and only looks at the source`, async (scratch) => {
    const counted = counting(libc);
    const share = scratch.share({ ...sandbox, shmSize: 4096 }, { libc: counted });
    const storages = await share.prepare();
    assert.deepEqual(
      storages.map(({ source }) => source),
      ["shm"],
    );
    const mount = { source: scratch.file("f"), destination: "/f" };
    const error = await stepError(share.shareFile(container, mount));
    assert.equal(error.step.op, "copy");
    assert.equal(error.code, "EOPNOTSUPP");
    const rootFs = { target: scratch.directory("image") };
    assert.equal((await requestError(share.shareRootFilesystem({ id: "c1", rootFs }))).code, "needs-sharing");
    await share.unshareRootFilesystem({ id: "c1", rootFs });
    await share.unshareFile(container, mount);
    assert.deepEqual(
      counted.log.filter((name) => !looking.has(name)),
      [],
    );
    assert.deepEqual(readdirSync(scratch.hostDir), []);
  });
}

mountTest("sandbox bind mounts without sharing are refused", async (scratch) => {
  const share = scratch.share({ sharedFs: "none", sandboxBindMounts: [scratch.file("hosts")] });
  const error = await requestError(share.prepare());
  assert.deepEqual([error.code, error.path], ["needs-sharing", "sandbox.sandboxBindMounts[0]"]);
});

mountTest("a root filesystem that the guest pulls needs no mount", async (scratch) => {
  const counted = counting(libc);
  const share = scratch.share({ serviceOffload: true }, { libc: counted });
  const shared = await share.shareRootFilesystem(container);
  assert.deepEqual(shared, { guestPath: "/guest/c1/rootfs", storages: [] });
  await share.unshareRootFilesystem(container);
  assert.deepEqual(counted.log, []);
});

mountTest("a root filesystem on a disk gets directories only, and a storage", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const before = shapeOf(scratch.hostDir);
  const disk = { id: "c1", fstype: "xfs", blockDrive: { scsiAddr: "0:1" } };
  const shared = await share.shareRootFilesystem(disk);
  assert.deepEqual(shared, {
    guestPath: "/guest/c1/rootfs",
    storages: [
      {
        driver: "scsi",
        driverOptions: [],
        source: "0:1",
        fstype: "xfs",
        options: ["nouuid"],
        mountPoint: "/guest/c1",
      },
    ],
  });
  assert.ok(statSync(scratch.view("c1/rootfs")).isDirectory());
  assert.equal(mountsBelow(scratch.hostDir).length, 3);
  await share.shareRootFilesystem(disk);
  await share.unshareRootFilesystem(disk);
  assert.deepEqual(shapeOf(scratch.hostDir), before);
});

mountTest("a disk that is the root itself gets one directory", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const disk = { id: "c1", fstype: "ext4", rootfsSuffix: "", blockDrive: { scsiAddr: "0:1" } };
  assert.equal((await share.shareRootFilesystem(disk))?.guestPath, "/guest/c1");
  assert.deepEqual(readdirSync(scratch.view("c1")), []);
  await share.unshareRootFilesystem(disk);
  assert.deepEqual(readdirSync(scratch.inSandbox("shared")), []);
});
