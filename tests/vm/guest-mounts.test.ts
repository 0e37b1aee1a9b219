import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentStorage, OciMount } from "../../mod.ts";
import { mountWords } from "../../vm/guest/mount-words.ts";
import {
  containerMounts,
  type GuestMount,
  GuestMountError,
  guestScript,
  sharesMounts,
} from "../../vm/mod.ts";

const root = "/run/kata-containers/c1/rootfs";
const view = {
  kind: "view",
  filesystem: "virtiofs",
  source: "shares",
  target: "/run/shares",
  options: [],
} as const;
const storage: AgentStorage = {
  ...{ driver: "scsi", driverOptions: [], source: "0:1", fstype: "ext4", options: [], mountPoint: "/d" },
};

/** The lines of a script that say what is mounted. */
function linesOf(mounts: readonly GuestMount[]): string[] {
  const lines = guestScript(mounts).split("\n");
  const begin = lines.indexOf("each() {") + 2;
  return lines.slice(begin, lines.indexOf("}", begin)).map((line) => line.trim());
}

function containerOf(storages: readonly AgentStorage[], mounts: readonly OciMount[]): GuestMount[] {
  return containerMounts({ id: "c1", sandboxStorages: [], plan: { storages, mounts, rootPath: root } });
}

test("a target comes right before what is below it, and targets are as the kernel prints them", () => {
  const targets = ["/b", "/a.b", "//a/./c/", "/a/x/../b", "/a"];
  const shares = targets.map((target) => ({ name: "n", target, mode: "ro", kind: "file" }) as const);
  const mounts = sharesMounts({ tag: "t", guestDirectory: "/run/t/", shares });
  assert.deepEqual(
    mounts.map(({ target }) => target),
    ["/run/t", "/a", "/a/b", "/a/c", "/a.b", "/b"],
  );
  assert.deepEqual(mounts[1], {
    ...{ kind: "bind", filesystem: "bind", source: "/run/t/n", target: "/a", options: ["ro"], place: "file" },
  });
});

test("storages of each driver become lines of a script", () => {
  const rows: readonly [Partial<AgentStorage>, ...string[]][] = [
    [{ driver: "virtio-fs", fstype: "virtiofs", source: "t", options: ["dax"] }, "view virtiofs t /d dax"],
    [
      { driver: "9p", fstype: "9p", source: "t", options: ["trans=virtio,version=9p2000.L", "nodev"] },
      "view 9p t /d nodev,trans=virtio,version=9p2000.L",
    ],
    [{ options: ["ro", "nouuid"], fstype: "xfs" }, "disk scsi 0:1 xfs /d ro,nouuid"],
    [{ driver: "blk", source: "02/01.3", fstype: "" }, "disk blk 02/01.3 auto /d"],
    [{ driver: "blk-ccw", source: "0.0.0a01", fstype: "bind" }, "disk blk-ccw 0.0.0a01 bind /d"],
    [{ driverOptions: ["create_filesystem"] }, "disk scsi 0:1 ext4 /d '' format"],
    [
      { driver: "nvdimm", source: "/dev/pmem0", fsGroup: { groupId: 7, groupChangePolicy: "Always" } },
      "disk nvdimm /dev/pmem0 ext4 /d '' '' 7 Always",
    ],
    [
      {
        ...{
          driver: "overlayfs",
          fstype: "overlay",
          source: "overlay",
          options: ["lowerdir=/a:/b", "upperdir=/u"],
        },
        driverOptions: ["io.katacontainers.volume.overlayfs.create_directory=/u"],
      },
      "directory /u 755",
      "fs overlay overlay /d lowerdir=/a:/b,upperdir=/u",
    ],
    [
      { driver: "ephemeral", fstype: "tmpfs", source: "shm", options: ["noexec", "mode=1770", "fsgid=7"] },
      "fs tmpfs shm /d noexec,mode=3770,gid=7",
    ],
    [
      {
        driver: "ephemeral",
        fstype: "hugetlbfs",
        source: "nodev",
        options: ["pagesize=2097152,size=4194304"],
      },
      "pages 2048 2",
      "fs hugetlbfs nodev /d pagesize=2097152,size=4194304",
    ],
    [{ driver: "local", options: ["mode=0777", "fsgid=7"] }, "directory /d 777 7"],
    [
      { driver: "watchable-bind", source: "/s/c", mountPoint: "/s/watchable/c" },
      "fs tmpfs tmpfs /s/watchable mode=0755",
      "copy /s/c /s/watchable/c",
    ],
  ];
  for (const [fields, ...expected] of rows) {
    const lines = linesOf(containerOf([{ ...storage, ...fields }], []));
    assert.deepEqual(lines.slice(0, expected.length), expected);
  }
});

test("a container's mounts are lines below its root, with its devices, and what is covered is left out", () => {
  const storages = [{ ...storage, mountPoint: "/run/kata-containers/sandbox/storage/x" }];
  const lines = linesOf(
    containerOf(storages, [
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "rprivate", "size=1k"] },
      { destination: "/covered/below", type: "proc" },
      { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["xattr", "ro"] },
      { destination: "relative", type: "bind", source: "/s", options: ["rbind", "rslave", "rro", "size=1"] },
      {
        destination: "/disk",
        type: "ext4",
        source: "/run/kata-containers/sandbox/storage/x/",
        options: ["noatime"],
      },
      { destination: "/covered", type: "tmpfs" },
    ]),
  );
  assert.deepEqual(
    lines.filter((line) => !/^(?:node|link) \/dev\//.test(line)),
    [
      "disk scsi 0:1 ext4 /run/kata-containers/sandbox/storage/x",
      `within ${root}`,
      "fs tmpfs tmpfs /dev nosuid,size=1k rprivate",
      "fs cgroup2 cgroup /sys/fs/cgroup ro",
      "bind /s /relative ro rslave r",
      "bind /run/kata-containers/sandbox/storage/x /disk noatime",
      "fs tmpfs tmpfs /covered",
    ],
  );
  assert.equal(lines.filter((line) => /^(?:node|link) \/dev\//.test(line)).length, 11);
  assert.equal(lines[3], "node /dev/null 1 3");
});

test("what only an agent can do, and what no script can say, is refused with its value", () => {
  const bind = { kind: "bind", filesystem: "bind", source: "/s", target: "/t", options: [] } as const;
  const disk = {
    kind: "disk",
    driver: "blk",
    source: "02/01",
    filesystem: "ext4",
    target: "/d",
    options: [],
  } as const;
  const withStorage = (fields: Partial<AgentStorage>) => () => containerOf([{ ...storage, ...fields }], []);
  const withMount = (fields: Partial<OciMount>) => () =>
    containerOf([], [{ destination: "/m", type: "bind", source: "/s", ...fields }]);
  const script = (mount: object) => () => guestScript([mount as GuestMount]);
  const rows: readonly [code: string, subject: string, refused: () => unknown][] = [
    ["driver", "image_guest_pull", withStorage({ driver: "image_guest_pull" })],
    ["driver", "__proto__", withStorage({ driver: "__proto__" })],
    ["encryption", "encryption_key=ephemeral", withStorage({ driverOptions: ["encryption_key=ephemeral"] })],
    ["option", "other", withStorage({ driverOptions: ["other"] })],
    ["option", "other", withStorage({ driver: "overlayfs", driverOptions: ["other"] })],
    ["device", "0:1:2", withStorage({ source: "0:1:2" })],
    ["device", "../../x", withStorage({ driver: "blk", source: "../../x" })],
    ["device", "/dev/../x", withStorage({ driver: "mmioblk", source: "/dev/../x" })],
    ["path", "/", withStorage({ mountPoint: "/" })],
    ["path", "relative", withStorage({ mountPoint: "relative" })],
    ["option", "mode=8", withStorage({ driver: "local", options: ["mode=08"] })],
    ["option", "fsgid=-1", withStorage({ driver: "local", options: ["fsgid=-1"] })],
    ["mappings", "/m", withMount({ uidMappings: [{ containerID: 0, hostID: 1, size: 1 }] })],
    ["path", "/..", withMount({ destination: "/.." })],
    ["path", "relative", withMount({ source: "relative" })],
    ["filesystem", "", withMount({ type: "", source: "x" })],
    ["path", "/a\0b", script({ ...bind, target: "/a\0b" })],
    ["path", "/a\ud800", script({ ...bind, source: "/a\ud800" })],
    ["path", "/a/..", script({ ...bind, target: "/a/.." })],
    ["path", "/other/t", script({ ...bind, target: "/other/t", root })],
    ["path", root, script({ ...bind, target: root, root })],
    ["option", "idmap", script({ ...bind, options: ["idmap"] })],
    ["option", "a,loop", script({ ...bind, options: ["a,loop"] })],
    ["option", "loop", script({ ...disk, options: ["loop"] })],
    ["device", "02/*", script({ ...disk, source: "02/*" })],
    ["driver", "x y", script({ ...disk, driver: "x y" })],
    ["filesystem", "-o", script({ ...disk, filesystem: "-o" })],
    ["filesystem", "a b", script({ ...view, filesystem: "a b" })],
    ["tag", "-o", script({ ...view, source: "-o" })],
    ["tag", "a b", script({ ...view, source: "a b" })],
    ["tag", "shares other", () => guestScript([view, { ...view, source: "other", target: "/other" }])],
    ["device", "9;9", script({ kind: "node", target: `${root}/dev/x`, major: "9;9", minor: 1, root })],
    ["option", "755;", script({ kind: "directory", target: "/d", mode: "755;" })],
    ["driver", "other", script({ ...bind, kind: "other" })],
    ["path", "relative", () => guestScript([], { owns: "relative" })],
    ["path", "/", () => guestScript([], { owns: "/" })],
    ["option", "patienceSeconds: -1", () => guestScript([], { patienceSeconds: -1 })],
    ["option", "patienceSeconds: NaN", () => guestScript([], { patienceSeconds: Number.NaN })],
    [
      "option",
      "patienceSeconds: Infinity",
      () => guestScript([], { patienceSeconds: Number.POSITIVE_INFINITY }),
    ],
  ];
  for (const [code, subject, refused] of rows) {
    assert.throws(refused, (error) => {
      assert.ok(error instanceof GuestMountError);
      assert.deepEqual([error.code, error.subject], [code, subject]);
      return true;
    });
  }
});

test("a later word of a mount's options takes an earlier one back, and an r before it changes nothing", () => {
  const rows: readonly [options: string, attributes: string, data: string, propagation: string][] = [
    ["ro rw", "", "", ""],
    ["rw ro", "ro", "", ""],
    ["rro rsuid nosuid rdev", "ro,nosuid", "", ""],
    ["relatime norelatime strictatime", "strictatime", "", ""],
    ["defaults rbind rshared rslave size=1 reservation", "", "size=1,reservation", "rslave"],
    ["async sync dirsync", "sync,dirsync", "", ""],
    ["__proto__ constructor", "", "__proto__,constructor", ""],
  ];
  for (const [options, attributes, data, propagation] of rows) {
    const words = mountWords(options.split(" "));
    assert.deepEqual(
      [words.attributes.join(), words.data.join(), words.propagation],
      [attributes, data, propagation],
    );
  }
});
