import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSync, type Mount, type PlanRequest } from "../../mod.ts";
import { type Picture, pictureOfPlans, type Row } from "../../picture/mod.ts";
import { curveLines } from "../support/picture/lines.ts";
import { curvesTo, pictureOf } from "../support/picture/one-container.ts";

// What several mounts, layers and containers make together.

const core = loadSync();
const blk = { blockDeviceDriver: "virtio-blk" } as const;
const share = "sandbox-0000000000000000";

test("an overlay has its layers, of which the guest writes to the upper one", () => {
  const snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1.erofs/snapshots";
  const container = {
    rootFs: {
      target: "/x",
      type: "overlay",
      options: [`lowerdir=${snapshots}/1/fs:${snapshots}/2/fs`, "upperdir=/u", "workdir=/w"],
    },
    devices: [
      { path: "/l/1/layer.erofs", blockDrive: { pciPath: "02/01" } },
      { path: "/l/rwlayer.img", blockDrive: { pciPath: "02/09" } },
    ],
  };
  const picture = pictureOf({ sandbox: blk, container });
  const volumes = "/run/kata-containers/virtual-volumes";
  assert.deepEqual(curvesTo(picture, picture.columns.guest.at(-1) as Row), [
    `disk /l/1/layer.erofs -> ${volumes}/MDIvMDE=: read-only`,
    `overlay ${volumes}/MDIvMDE= -> /run/kata-containers/c1/rootfs: read-only`,
    `disk /l/rwlayer.img -> ${volumes}/MDIvMDk=: read-write`,
    `overlay ${volumes}/MDIvMDk= -> /run/kata-containers/c1/rootfs: read-write`,
    "overlay /run/kata-containers/c1/rootfs -> /: read-write",
  ]);
});

test("a mount that a later one covers says so, and so does its curve", () => {
  const mounts = [
    { source: "/a", destination: "/etc/a", options: ["bind"] },
    { source: "/b", destination: "/etc", options: ["bind"] },
  ];
  const picture = pictureOf({ mounts });
  const rows = picture.columns.guest.slice(-2);
  assert.deepEqual(
    rows.map(({ label, traits }) => [label, ...traits]),
    [
      ["/etc", "read-write"],
      ["a", "read-write", "covered"],
    ],
  );
  const covered = picture.curves.filter(({ traits }) => traits.includes("covered"));
  assert.deepEqual(
    covered.map(({ to }) => to),
    [rows[1]?.id],
  );
});

test("two mounts at one destination are two rows, one below the other", () => {
  const mounts = ["/a", "/b"].map((source) => ({ source, destination: "/d", options: ["bind"] }));
  const picture = pictureOf({ mounts });
  const twice = picture.columns.guest.filter(({ path }) => path === "/d");
  assert.deepEqual(
    twice.map(({ depth, traits, details }) => [depth, details.mount?.source, ...traits]),
    [
      [3, "/a", "read-write", "covered"],
      [3, "/b", "read-write"],
    ],
  );
});

test("what is below a directory of the guest's own choice is found, and what rootless Kata has below its own", () => {
  const image = { source: "/b", config: "{}", snapshotdir: "/snap" };
  const extra = Buffer.from(JSON.stringify(image)).toString("base64");
  const rootFs = {
    source: "overlay",
    target: "/x",
    type: "fuse.nydus-overlayfs",
    options: [`extraoption=${extra}`],
  };
  const watched = { source: "/v/kubernetes.io~configmap/c", destination: "/c", options: ["ro"] };
  for (const place of [{}, { guestDir: "/g" }, { rootlessDir: "/run/user/7" }]) {
    const kata = pictureOf({
      sandbox: { sharedFs: "virtio-fs-nydus", ...place },
      container: { rootFs },
      mounts: [watched],
    });
    const [root, mount] = kata.columns.guest.slice(-2) as [Row, Row];
    assert.deepEqual(
      curvesTo(kata, root).map((line) => line.replace(/\S*\/(?=c1\/)/g, "")),
      [
        "disk /b -> c1/lowerdir: read-only",
        "overlay c1/lowerdir -> c1/rootfs: read-only",
        "bound /snap -> c1/snapshotdir: read-write",
        "overlay c1/snapshotdir -> c1/rootfs: read-write",
        "overlay c1/rootfs -> /: read-write",
      ],
    );
    assert.equal(curvesTo(kata, mount).length, 3, JSON.stringify(place));
  }
});

test("the view as a whole is what no root filesystem and no directory of the guest is made from", () => {
  const sandbox = { id: "s1", serviceOffload: true };
  const prepare: PlanRequest = { op: "prepare", sandbox };
  const mounts = [{ destination: "/l", type: "local", source: "/k/l" }];
  const container = { id: "c1", mounts };
  const request: PlanRequest = { op: "shareContainer", sandbox, container, random: ["0000000000000000"] };
  const plans = [prepare, request].map((one) => ({ request: one, plan: core.plan(one) }));
  const picture = pictureOfPlans(plans);
  const root = picture.columns.guest.find(({ kind }) => kind === "root");
  assert.deepEqual([root?.by, ...curvesTo(picture, root as Row)], [undefined]);
  assert.deepEqual(
    picture.curves.map(({ kind }) => kind),
    ["storage", "made"],
  );
});

test("a mount is read-only by each of its words", () => {
  const mounts: Mount[] = [
    { destination: "/a", type: "tmpfs", source: "t", readOnly: true },
    { destination: "/b", type: "tmpfs", source: "t", options: ["rro"] },
    { destination: "/c", type: "tmpfs", source: "t", options: ["ro"] },
    { destination: "/d", type: "tmpfs", source: "t", options: ["rw"] },
  ];
  const rows = pictureOf({ mounts }).columns.guest.slice(-4);
  assert.deepEqual(
    rows.map(({ traits }) => traits),
    [["read-only"], ["read-only"], ["read-only"], ["read-write"]],
  );
});

test("the mount of the whole view is read-only at its top, and says that its shares say for themselves", () => {
  const request: PlanRequest = { op: "prepare", sandbox: { id: "s1" } };
  const { columns } = pictureOfPlans([{ request, plan: core.plan(request) }]);
  const whole = columns.guest.find(({ kind }) => kind === "storage");
  assert.deepEqual(whole?.traits, ["read-only"]);
  assert.match(whole?.details.why ?? "", /each share in it says for itself/);
});

test("submounts that a share leaves out are said at the root and at the mount", () => {
  const omitted = (path: string) => [{ path, filesystem: "proc", reason: "kernel" as const }];
  const mounts = [{ source: "/a", destination: "/a", options: ["rbind"] }];
  const request: PlanRequest = {
    ...{ op: "shareContainer", sandbox: { id: "s1" }, random: ["0000000000000000"] },
    container: { id: "c1", rootFs: { target: "/r" }, mounts },
  };
  const plan = core.plan(request);
  const outcomes = plan.outcomes?.map((outcome) => ({ ...outcome, omitted: omitted("/a/proc") })) ?? [];
  const performed = { ...plan, outcomes, rootOmitted: omitted("/proc") };
  const rows = pictureOfPlans([{ request, plan: performed }]).columns.guest.slice(-2);
  assert.deepEqual(
    rows.map(({ details }) => details.omitted),
    [omitted("/proc"), omitted("/a/proc")],
  );
});

test("two containers that use one share lead from it, and one that the hub has already is drawn from the mount", () => {
  const sandbox = { id: "s1" };
  const mounts = [{ source: "a", destination: "/d", options: ["bind", "ro"], facts: { identity: "1" } }];
  const requests = ["c1", "c2"].map(
    (id): PlanRequest => ({
      ...{
        op: "shareContainer",
        sandbox,
        container: { id, bundle: "/b", rootFs: { target: `/${id}` }, mounts },
      },
      random: ["0000000000000000"],
      held:
        id === "c1"
          ? []
          : [{ name: `${share}-a`, identity: "1", attributes: ["ro"], mode: 0o700, users: ["c1"] }],
    }),
  );
  const plans = requests.map((request) => ({ request, plan: core.plan(request) }));
  const targetsOf = (picture: Picture) => curveLines(picture).filter((line) => line.includes(`${share}-a`));
  assert.deepEqual(targetsOf(pictureOfPlans(plans)), [
    `bound /b/a -> ${share}-a: read-only`,
    `bound ${share}-a -> /d: read-only`,
    `bound ${share}-a -> /d: read-only`,
  ]);
  assert.deepEqual(targetsOf(pictureOfPlans(plans.slice(1))), [
    `bound /b/a -> ${share}-a: read-only`,
    `bound ${share}-a -> /d: read-only`,
  ]);
});
