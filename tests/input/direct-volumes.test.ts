import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { directVolumePath } from "../../input/direct-volume.ts";
import { withMountInfo } from "../../input/mount-info-json.ts";
import { load } from "../../mod.ts";
import { unicodeText } from "../support/arbitrary/texts.ts";
import { problemOf } from "./problem.ts";

const directory = "/run/kata-containers/shared/direct-volumes";

test("directVolumePath() names the volume in base64url with padding", () => {
  for (const [volume, name] of [
    ["", ""],
    ["/a", "L2E="],
    ["/ab", "L2Fi"],
    ["/abc", "L2FiYw=="],
    ["/?>\u00ff\u00bf", "Lz8-w7_Cvw=="],
    ["/\u{1f600}", "L_CfmIA="],
  ]) {
    assert.equal(directVolumePath(`${volume}`), `${directory}/${name}/mountInfo.json`);
  }
});

test("directVolumePath() takes a path of any length, and any text but half characters", () => {
  fc.assert(
    fc.property(unicodeText(), (text) => {
      const name = directVolumePath(text).slice(directory.length + 1, -"/mountInfo.json".length);
      assert.match(name, /^[\w-]*={0,2}$/);
      assert.equal(Buffer.from(name, "base64url").toString("utf8"), text);
    }),
  );
  assert.ok(directVolumePath("/a".repeat(500_000)).length > 1_000_000);
  assert.equal(
    problemOf(() => directVolumePath("/a\ud800b")),
    "lone-surrogate",
  );
});

const mount = {
  source: "/var/lib/kubelet/pods/p1/volumes/kubernetes.io~csi/v1/mount",
  destination: "/data",
  type: "bind",
  options: ["rbind", "rprivate", "rw"],
  facts: { kind: "directory" },
} as const;

const info = { "volume-type": "block", device: "/dev/sdb", fstype: "ext4" };

test("withMountInfo() says which disk stands for the directory, and leaves the mount to the container", () => {
  const expected = { ...mount, directVolume: { device: "/dev/sdb", fstype: "ext4", options: [] } };
  assert.deepEqual(withMountInfo(mount, info), expected);
  assert.deepEqual(withMountInfo(mount, `\ufeff${JSON.stringify(info)}`), expected);
  assert.deepEqual(withMountInfo(mount, { ...info, metadata: null, options: null }), expected);
  const { directVolume } = withMountInfo(mount, { ...info, options: ["noatime", "ro"] });
  assert.deepEqual(directVolume?.options, ["noatime", "ro"]);
});

test("the metadata that Kata knows count, and others do not", () => {
  const metadata = {
    fsGroup: "1000",
    fsGroupChangePolicy: "OnRootMismatch",
    createFilesystem: "true",
    encryptionKey: "ephemeral",
    "csi.example/size": "1Gi",
  };
  assert.deepEqual(withMountInfo(mount, { ...info, metadata, options: ["discard"] }), {
    ...mount,
    directVolume: { device: "/dev/sdb", fstype: "ext4", options: ["discard"] },
    fsGroup: 1000,
    fsGroupChangePolicy: "OnRootMismatch",
    createFilesystem: true,
    encryptionKey: "ephemeral",
    discard: true,
  });
});

test("options of a bind do not reach the storage of the disk, and the others do in their order", async () => {
  const core = await load();
  const propagations = [
    "private",
    "rprivate",
    "shared",
    "rshared",
    "slave",
    "rslave",
    "unbindable",
    "runbindable",
  ];
  for (const word of ["bind", "rbind", ...propagations]) {
    const volume = withMountInfo(mount, { ...info, options: [word, "noatime", word, "rw"] });
    assert.deepEqual(volume.directVolume?.options, ["noatime", "rw"], word);
    const container = {
      id: "c1",
      rootFs: { target: "/r" },
      mounts: [{ ...volume, blockDrive: { pciPath: "02/01" } }],
    };
    const request = {
      op: "shareContainer",
      sandbox: { id: "s1", blockDeviceDriver: "virtio-blk" },
      container,
      random: ["0011223344556677"],
    } as const;
    const [storage] = core.plan(request).storages;
    assert.deepEqual([storage?.fstype, storage?.options], ["ext4", ["noatime", "rw"]], word);
  }
});

test("an option with commas is several, as the agent joins them with commas", () => {
  const options = ["bind,noatime,nodiratime", "rw,rslave", "", "data=ordered,"];
  const volume = withMountInfo(mount, { ...info, options });
  assert.deepEqual(volume.directVolume?.options, ["noatime", "nodiratime", "rw", "data=ordered"]);
  assert.equal(
    problemOf(() => withMountInfo(mount, { ...info, options: ["ro", "noatime,remount"] })),
    "options[1] remount",
  );
});

test("an option remount is refused: the guest has not mounted the disk yet", () => {
  for (const options of [["remount"], ["bind", "remount", "ro"]]) {
    assert.equal(
      problemOf(() => withMountInfo(mount, { ...info, options })),
      `options[${options.indexOf("remount")}] remount`,
    );
  }
});

test("discard counts only where the guest makes the filesystem", () => {
  assert.equal(withMountInfo(mount, { ...info, options: ["discard"] }).discard, undefined);
  const metadata = { createFilesystem: "0" };
  assert.equal(withMountInfo(mount, { ...info, metadata, options: ["discard"] }).discard, undefined);
});

test("a policy without a group is ignored, as Kata ignores it", () => {
  const volume = withMountInfo(mount, { ...info, metadata: { fsGroupChangePolicy: "Always" } });
  assert.ok(!("fsGroupChangePolicy" in volume));
});

test("the disk that the device is attached as stays", () => {
  const blockDrive = { scsiAddr: "0:1" };
  assert.equal(withMountInfo({ ...mount, blockDrive }, info).blockDrive, blockDrive);
});

test("what is missing or cannot be is named by its path", () => {
  for (const [change, problem] of [
    [{ device: null }, "device missing-field"],
    [{ device: 1 }, "device wrong-type"],
    [{ fstype: undefined }, "fstype missing-field"],
    [{ "volume-type": 1 }, "volume-type wrong-type"],
    [{ options: "ro" }, "options wrong-type"],
    [{ options: [1] }, "options[0] wrong-type"],
    [{ metadata: [] }, "metadata wrong-type"],
    [{ metadata: { fsGroup: 1000 } }, "metadata.fsGroup wrong-type"],
    [{ metadata: { fsGroup: "staff" } }, "metadata.fsGroup wrong-type"],
    [{ metadata: { fsGroup: "-1" } }, "metadata.fsGroup wrong-type"],
    [{ metadata: { fsGroup: "4294967296" } }, "metadata.fsGroup out-of-range"],
    [
      { metadata: { fsGroup: "1", fsGroupChangePolicy: "always" } },
      "metadata.fsGroupChangePolicy unknown-word",
    ],
    [{ metadata: { createFilesystem: "yes" } }, "metadata.createFilesystem unknown-word"],
    [{ metadata: { encryptionKey: "mine" } }, "metadata.encryptionKey unknown-word"],
    [{ metadata: { "a.b": 1 } }, 'metadata["a.b"] wrong-type'],
  ] as const) {
    assert.equal(
      problemOf(() => withMountInfo(mount, { ...info, ...change })),
      problem,
    );
  }
  assert.equal(
    problemOf(() => withMountInfo(mount, "")),
    "not-json",
  );
});
