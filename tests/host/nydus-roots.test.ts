import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Guest } from "../support/guest/disk-image-guest.ts";
import { mountOn, mountsBelow } from "../support/mounts.ts";
import { changesIn, nydusTest, onNydus } from "../support/sandbox/nydus.ts";
import { shapeBetween } from "../support/sandbox/together.ts";
import type { Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

/** Files where the guest has what nydusd serves of an image. */
function serveImage(scratch: Scratch, id: string): string {
  const rafs = `guest-root/run/kata-containers/shared/rafs/${id}/lowerdir`;
  scratch.file(`${rafs}/etc/name`, id);
  scratch.file(`${rafs}/etc/gone`, "in the image");
  return `${scratch.path}/${rafs}`;
}

nydusTest("the guest writes over an image into the host's snapshot", async ({ scratch, server, share }) => {
  const container = onNydus(scratch);
  const before = shapeOf(scratch.hostDir);
  const lower = serveImage(scratch, "c1");
  const guest = new Guest(scratch);
  const shared = await share.shareRootFilesystem(container);
  assert.deepEqual(shared?.storages, [
    {
      ...{ driver: "overlayfs", driverOptions: [], source: "overlay", fstype: "overlay" },
      options: [
        "upperdir=/guest/c1/snapshotdir/fs",
        "workdir=/guest/c1/snapshotdir/work",
        "lowerdir=/run/kata-containers/shared/rafs/c1/lowerdir",
        "index=off",
      ],
      mountPoint: "/guest/c1/rootfs",
    },
  ]);
  assert.deepEqual(server.mounts.get("/rafs/c1/lowerdir"), {
    ...{ fs_type: "rafs", source: `${scratch.path}/c1.boot`, config: '{"version":2}' },
  });

  guest.mount(shared?.storages ?? []);
  const root = guest.at(shared?.guestPath as string);
  assert.equal(mountOn(root)?.type, "overlay");
  assert.equal(readFileSync(`${root}/etc/name`, "utf8"), "c1");
  writeFileSync(`${root}/etc/name`, "by the guest");
  rmSync(`${root}/etc/gone`);
  guest.unmount();
  const snapshot = `${scratch.path}/snapshots/c1`;
  assert.equal(readFileSync(`${snapshot}/fs/etc/name`, "utf8"), "by the guest");
  assert.deepEqual(readdirSync(`${snapshot}/fs/etc`).sort(), ["gone", "name"]); // one of them is a whiteout
  assert.equal(readFileSync(`${lower}/etc/name`, "utf8"), "c1");
  assert.ok(existsSync(`${lower}/etc/gone`));

  await share.unshareRootFilesystem(container);
  assert.deepEqual(shapeOf(scratch.hostDir), before);
  assert.deepEqual(changesIn(server), ["POST /rafs/c1/lowerdir", "DELETE /rafs/c1/lowerdir"]);
  assert.equal(readFileSync(`${snapshot}/fs/etc/name`, "utf8"), "by the guest");
});

nydusTest("a container of an image is shared with its volumes, twice, and taken back", async (sandbox) => {
  const { scratch, server, share } = sandbox;
  const data = scratch.file("data/file", "data");
  const mounts = [{ destination: "/data", source: `${scratch.path}/data`, type: "bind", options: ["ro"] }];
  const container = { ...onNydus(scratch), mounts };
  const before = shapeOf(scratch.hostDir);
  const guest = new Guest(scratch);
  serveImage(scratch, "c1");
  const plan = await share.shareContainer(container);
  const again = await share.shareContainer(container);
  assert.deepEqual(again.storages, plan.storages);
  guest.mount(plan.storages);
  assert.equal(readFileSync(guest.at(plan.rootPath, "etc/name"), "utf8"), "c1");
  const volume = guest.at(plan.mounts[0]?.source as string);
  assert.equal(readFileSync(`${volume}/file`, "utf8"), "data");
  assert.throws(() => writeFileSync(`${volume}/file`, "x"), { code: "EROFS" });
  guest.unmount();
  await share.unshareContainer(container);
  await share.unshareContainer(container);
  assert.deepEqual(shapeBetween(scratch), before);
  assert.equal(server.mounts.size, 0);
  assert.equal(readFileSync(data, "utf8"), "data");
});

nydusTest(
  "cleanup has each image unmounted whose snapshot is in the hub",
  async ({ scratch, server, share, again }) => {
    for (const id of ["c1", "c2", "c3"]) await share.shareRootFilesystem(onNydus(scratch, id));
    await share.unshareRootFilesystem(onNydus(scratch, "c2"));
    const rootFs = { target: scratch.directory("plain") };
    await share.shareRootFilesystem({ id: "c4", rootFs });
    server.log.length = 0;
    await again().cleanup();
    assert.deepEqual(changesIn(server).sort(), ["DELETE /rafs/c1/lowerdir", "DELETE /rafs/c3/lowerdir"]);
    assert.equal(server.mounts.size, 0);
    assert.deepEqual(readdirSync(scratch.hostDir), []);
    assert.deepEqual(mountsBelow(scratch.hostDir), []);
    server.log.length = 0;
    await again().cleanup();
    assert.deepEqual(server.log, []);
  },
);

nydusTest("without a nydusd an image is not shared, and cleanup asks for nothing", async (sandbox) => {
  const { scratch, server, share, again } = sandbox;
  await share.shareRootFilesystem(onNydus(scratch));
  server.log.length = 0;
  const without = again({});
  await assert.rejects(without.shareRootFilesystem(onNydus(scratch, "c2")), /no nydusd was given/);
  assert.ok(!existsSync(scratch.hub("c2")));
  await without.cleanup();
  assert.deepEqual(server.log, []);
  assert.deepEqual(readdirSync(scratch.hostDir), []);
});
