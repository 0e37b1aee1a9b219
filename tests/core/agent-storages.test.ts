import assert from "node:assert/strict";
import { test } from "node:test";
import { type AgentStorage, type Container, load, type Mount, type Sandbox } from "../../mod.ts";
import { AgentStorages } from "../support/agent/storages.ts";

// Kata's agent counts storages by mount point. What it does with those of two containers of one pod, driver by driver.

const core = await load();
const pod = "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/volumes";

interface Row {
  readonly name: string;
  readonly driver: string;
  readonly mount?: Partial<Mount>;
  readonly container?: Partial<Container>;
  readonly sandbox?: Partial<Sandbox>;
  /** What is mounted for the second container, goes with the first, goes with the second, and is mounted for the first again. */
  readonly expected: string;
}

const emptyDir = `${pod}/kubernetes.io~empty-dir/x`;
const onDisk = { source: emptyDir, facts: { filesystem: "ext4" } };
const disk = { blockDrive: { scsiAddr: "0:1" } };
const limits = { hugepageLimits: [{ pageSize: "2MB", limit: 2 << 20 }] };
const pages = { filesystem: "hugetlbfs", filesystemOptions: ["pagesize=2M"] };
const layer = { type: "erofs", options: ["io.katacontainers.fs-opt.is-layer"] };

const rows: readonly Row[] = [
  {
    ...{ name: "a configmap is copied for each", driver: "watchable-bind" },
    mount: { source: `${pod}/kubernetes.io~configmap/x` },
    expected: "mounted goes goes mounted",
  },
  {
    ...{ name: "memory is made once, and stays", driver: "ephemeral" },
    mount: { source: emptyDir, facts: { filesystem: "tmpfs" } },
    expected: "- - - -",
  },
  {
    ...{ name: "huge pages are reserved once, and stay", driver: "ephemeral", container: limits },
    mount: { source: emptyDir, facts: pages },
    expected: "- - - -",
  },
  {
    ...{ name: "a directory of the guest is made once, and stays", driver: "local" },
    ...{ mount: onDisk, sandbox: { disableGuestEmptyDir: false } },
    expected: "- - - -",
  },
  {
    ...{ name: "a disk is mounted once, and goes with the last", driver: "scsi" },
    mount: { source: `${pod}/kubernetes.io~csi/x`, ...disk },
    expected: "- - goes mounted",
  },
  {
    ...{ name: "the disk of an emptyDir is mounted once, and stays", driver: "scsi" },
    ...{ mount: { ...onDisk, ...disk }, sandbox: { emptydirMode: "block-plain" } },
    expected: "- - - -",
  },
  {
    ...{ name: "a layer is mounted once, and goes with the last", driver: "scsi" },
    mount: { source: "/l1", destination: "/run/kata-containers/sandbox/layers/l1", ...layer, ...disk },
    expected: "- - goes mounted",
  },
  {
    ...{ name: "a disk that is a root is mounted for each", driver: "scsi" },
    container: { fstype: "ext4", blockDrive: { scsiAddr: "0:2" } },
    expected: "mounted goes goes mounted",
  },
  {
    ...{ name: "an overlay is mounted for each", driver: "overlayfs" },
    container: { rootFs: { type: "overlay", options: ["io.katacontainers.fs-opt.layer=L2wx"] } },
    expected: "mounted goes goes mounted",
  },
  {
    ...{ name: "an image is pulled for each", driver: "image_guest_pull", sandbox: { forceGuestPull: true } },
    container: { annotations: { "io.kubernetes.cri.image-name": "busybox" } },
    expected: "mounted goes goes mounted",
  },
];

for (const row of rows) {
  test(`${row.driver}: ${row.name}`, () => {
    const agent = new AgentStorages();
    const [first, second, again] = [
      storageOf(row, "c1", 1),
      storageOf(row, "c2", 2),
      storageOf(row, "c1", 3),
    ];
    assert.ok(agent.add(first));
    const found = [
      agent.add(second) ? "mounted" : "-",
      agent.remove(first) ? "goes" : "-",
      agent.remove(second) ? "goes" : "-",
      agent.add(again) ? "mounted" : "-",
    ];
    assert.equal(found.join(" "), row.expected);
  });
}

function storageOf({ driver, mount, container, sandbox }: Row, id: string, digit: number): AgentStorage {
  const plan = core.plan({
    ...{ op: "shareContainer", sandbox: { id: "s1", ...sandbox } },
    container: {
      ...{ id, rootFs: { target: "/r" }, ...container },
      mounts: mount ? [{ destination: "/x", ...mount }] : [],
    },
    random: mount ? [`${digit}`.padStart(16, "0")] : [],
  });
  assert.deepEqual(
    plan.storages.map((storage) => storage.driver),
    [driver],
  );
  return plan.storages[0] as AgentStorage;
}

test("each mount of each container finds its configmap while the other container goes and comes again", () => {
  const agent = new AgentStorages();
  const source = `${pod}/kubernetes.io~configmap/x`;
  const facts = { identity: "0:35:7", kind: "directory", files: 2 } as const;
  const name = "sandbox-0000000000000001-x";
  const there = new Set<string>();
  const share = (id: string, digits: readonly number[], users: readonly string[]) => {
    const plan = core.plan({
      ...{ op: "shareContainer", sandbox: { id: "s1" } },
      container: {
        ...{ id, rootFs: { target: "/r" } },
        mounts: ["/a", "/b"].map((destination) => ({ source, destination, facts })),
      },
      random: digits.map((digit) => `${digit}`.padStart(16, "0")),
      held: users.length > 0 ? [{ name, identity: facts.identity, attributes: [], mode: 0o700, users }] : [],
    });
    for (const storage of plan.storages) if (agent.add(storage)) there.add(storage.mountPoint);
    for (const mount of plan.mounts) assert.ok(there.has(mount.source as string), `${id} ${mount.source}`);
    const { length: binds } = plan.steps.filter(({ op }) => op === "bind");
    assert.equal(binds, users.length > 0 ? 1 : 2, "its root, and the first time the source");
    return plan;
  };
  const unshare = ({ storages }: { storages: readonly AgentStorage[] }) => {
    for (const storage of storages) if (agent.remove(storage)) there.delete(storage.mountPoint);
  };
  const first = share("c1", [1, 2], []);
  const second = share("c2", [3, 4], ["c1"]);
  unshare(first);
  for (const mount of second.mounts) assert.ok(there.has(mount.source as string), mount.source);
  share("c1", [5, 6], ["c2"]);
});
