import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { directVolumePath, type Mount } from "../../ffi/mod.ts";
import { requestError } from "../support/errors.ts";
import { rejectionOf } from "../support/faults/sweep.ts";
import { mountTmpfs, unmount } from "../support/mounts.ts";
import { containerWith, mountedTogether } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";

const info = {
  ...{ "volume-type": "block", device: "/dev/sdb", fstype: "ext4", options: ["noatime"] },
  metadata: { fsGroup: "2000", fsGroupChangePolicy: "OnRootMismatch" },
};

/** A test with a /run of its own, in which Kata says that a directory stands for a disk. */
function directVolumeTest(
  name: string,
  text: string,
  body: (scratch: Scratch, volume: string) => Promise<void>,
): void {
  mountTest(name, async (scratch) => {
    const volume = scratch.directory("pods/p1/volumes/kubernetes.io~csi/disk/mount");
    mountTmpfs("/run");
    try {
      const path = directVolumePath(volume);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      await scratch.share().prepare();
      await body(scratch, volume);
      await scratch.share().cleanup();
    } finally {
      unmount("/run");
    }
  });
}

const bind = (source: string, more: Partial<Mount> = {}): Mount => ({
  ...{ source, destination: "/data", type: "bind", options: ["rbind", "rw"], ...more },
});

directVolumeTest(
  "a direct volume is no directory to share: it needs its disk",
  JSON.stringify(info),
  async (scratch, volume) => {
    const before = stateOf(scratch.hostDir);
    const mounts = [bind(scratch.file("f"), { destination: "/f" }), bind(volume)];
    const error = await requestError(scratch.share().shareContainer(containerWith(scratch, "c1", mounts)));
    assert.deepEqual([error.code, error.path], ["missing-field", "container.mounts[1].blockDrive"]);
    assert.deepEqual(stateOf(scratch.hostDir), before);
  },
);

directVolumeTest(
  "a direct volume is known by its cleaned path, however its mount has it",
  JSON.stringify(info),
  async (scratch, volume) => {
    const above = dirname(volume);
    const odd = [`${volume}/`, `/${volume}`, `${above}//mount`, `${above}/./mount`, `${above}/../disk/mount`];
    for (const source of [...odd, "mount", "./mount", ".//mount/."]) {
      const container = { ...containerWith(scratch, "c1", [bind(source)]), bundle: above };
      const error = await requestError(scratch.share().shareContainer(container));
      assert.deepEqual([error.code, error.path], ["missing-field", "container.mounts[0].blockDrive"], source);
    }
  },
);

directVolumeTest(
  "a direct volume with its disk is a storage of the guest's",
  JSON.stringify(info),
  async (scratch, volume) => {
    const mounts = [
      bind(volume, { blockDrive: { scsiAddr: "0:3" } }),
      bind(scratch.directory("d"), { destination: "/d" }),
    ];
    const { outcomes, storages } = await scratch.share().shareContainer(containerWith(scratch, "c1", mounts));
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["block", "shared"],
    );
    const { driver, source, fstype, options, fsGroup } = storages[0] ?? {};
    assert.deepEqual([driver, source, fstype, options], ["scsi", "0:3", "ext4", ["noatime"]]);
    assert.deepEqual(fsGroup, { groupId: 2000, groupChangePolicy: "OnRootMismatch" });
    assert.equal(mountedTogether(scratch).length, 1);
  },
);

for (const text of ["", "{", `{"device":1}`, "[]", "\xff"]) {
  directVolumeTest(
    `a mountInfo.json that says ${JSON.stringify(text)} is refused by its name`,
    text,
    async (scratch, volume) => {
      const before = stateOf(scratch.hostDir);
      const error = await rejectionOf(
        scratch.share().shareContainer(containerWith(scratch, "c1", [bind(volume)])),
      );
      assert.equal((error as Error)?.name, "FormatError");
      assert.match((error as Error).message, /mountInfo\.json/);
      assert.deepEqual(stateOf(scratch.hostDir), before);
    },
  );
}
