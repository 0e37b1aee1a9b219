import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSync, type PlanRequest } from "../../mod.ts";
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

test("two containers that use one share lead from it, and one that the hub has already is drawn from the mount", () => {
  const sandbox = { id: "s1" };
  const mounts = [{ source: "/a", destination: "/d", options: ["bind", "ro"], facts: { identity: "1" } }];
  const requests = ["c1", "c2"].map(
    (id): PlanRequest => ({
      ...{ op: "shareContainer", sandbox, container: { id, rootFs: { target: `/${id}` }, mounts } },
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
    `bound /a -> ${share}-a: read-only`,
    `bound ${share}-a -> /d: read-only`,
    `bound ${share}-a -> /d: read-only`,
  ]);
  assert.deepEqual(targetsOf(pictureOfPlans(plans.slice(1))), [
    `bound /a -> ${share}-a: read-only`,
    `bound ${share}-a -> /d: read-only`,
  ]);
});
