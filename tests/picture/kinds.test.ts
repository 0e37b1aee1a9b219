import assert from "node:assert/strict";
import { test } from "node:test";
import { curveKinds, type Row, traits } from "../../picture/mod.ts";
import { rowsOf } from "../support/picture/lines.ts";
import { curvesTo, type OneContainer, pictureOf } from "../support/picture/one-container.ts";

// Every kind of curve and every trait, as what one mount or one root filesystem of a container makes.

interface KindRow extends OneContainer {
  readonly name: string;
  /** The curves that lead to it, from the host on. */
  readonly curves: readonly string[];
  /** The signs of the container's last row. */
  readonly signs: string;
  /** Why it is so. */
  readonly sentence?: string;
}

const kubelet = "/var/lib/kubelet/pods/p/volumes";
const ids = [{ containerID: 0, hostID: 7, size: 1 }];
const drive = { blockDrive: { pciPath: "02/01" } };
const blk = { blockDeviceDriver: "virtio-blk" } as const;
const share = "sandbox-0000000000000000";

const rows: readonly KindRow[] = [
  {
    name: "a bind",
    mounts: [{ source: "/etc/hosts", destination: "/etc/hosts", options: ["bind"] }],
    curves: [
      `bound /etc/hosts -> ${share}-hosts: read-write`,
      `bound ${share}-hosts -> /etc/hosts: read-write`,
    ],
    signs: "w",
    sentence: "The guest sees the host's own files, because it is a bind of a path of the host.",
  },
  {
    name: "a read-only bind with all submounts",
    mounts: [{ source: "/srv", destination: "/srv", options: ["rbind", "ro"] }],
    curves: [`bound /srv -> ${share}-srv: read-only recursive`, `bound ${share}-srv -> /srv: read-only`],
    signs: "r",
  },
  {
    name: "an idmapped bind",
    mounts: [{ source: "/srv", destination: "/srv", options: ["idmap"], uidMappings: ids, gidMappings: ids }],
    curves: [`bound /srv -> ${share}-srv: read-write idmapped`, `bound ${share}-srv -> /srv: read-write`],
    signs: "w",
  },
  {
    name: "a configmap, which the agent watches",
    mounts: [{ source: `${kubelet}/kubernetes.io~configmap/c`, destination: "/c", options: ["ro"] }],
    curves: [
      `bound ${kubelet}/kubernetes.io~configmap/c -> ${share}-c: read-only`,
      `storage ${share}-c -> /run/kata-containers/shared/containers/watchable/c1-0000000000000000-c: read-only watched`,
      "storage /run/kata-containers/shared/containers/watchable/c1-0000000000000000-c -> /c: read-only watched",
    ],
    signs: "r~",
  },
  {
    name: "a bind in a guest that shares nothing",
    sandbox: { sharedFs: "none" },
    mounts: [{ source: "/srv", destination: "/srv", options: ["bind"] }],
    curves: ["copied /srv -> /srv: read-write"],
    signs: "w",
    sentence:
      "The agent gets a copy of the files, and the guest writes to the copy alone, because the sandbox shares no filesystem with its guest.",
  },
  {
    name: "a source that is relative to the bundle, copied",
    sandbox: { sharedFs: "none" },
    container: { bundle: "/run/b" },
    mounts: [{ source: "srv", destination: "/srv", options: ["bind"] }],
    curves: ["copied /run/b/srv -> /srv: read-write"],
    signs: "w",
  },
  {
    name: "a disk, whose file the request names",
    sandbox: blk,
    mounts: [{ source: "/img", destination: "/d", type: "ext4", options: ["ro"], ...drive }],
    curves: [
      "disk /img -> /run/kata-containers/sandbox/storage/MDIvMDE=: read-only",
      "disk /run/kata-containers/sandbox/storage/MDIvMDE= -> /d: read-only",
    ],
    signs: "r",
  },
  {
    name: "a disk of which only the address is known, as a layer",
    sandbox: blk,
    mounts: [{ destination: "/l", type: "ext4", options: ["io.katacontainers.fs-opt.is-layer"], ...drive }],
    curves: ["disk disk 02/01 -> /l: read-write", "disk /l -> /l: read-write"],
    signs: "w",
  },
  {
    name: "a root filesystem on a disk",
    sandbox: blk,
    container: { fstype: "xfs", rootFs: { source: "/dev/vg/root" }, ...drive },
    curves: [
      "disk /dev/vg/root -> /run/kata-containers/shared/containers/c1: read-write",
      "disk /run/kata-containers/shared/containers/c1 -> /: read-write",
    ],
    signs: "w",
  },
  {
    name: "a root filesystem that the guest makes read-only",
    container: { readonlyRootfs: true, rootfsSuffix: "merged", rootFs: { target: "/r" } },
    curves: ["bound /r -> c1/rootfs: read-write", "bound c1/rootfs -> /: read-only"],
    signs: "r",
  },
  {
    name: "memory of the guest",
    mounts: [{ destination: "/m", type: "ephemeral", source: "/e" }],
    curves: ["made /run/kata-containers/sandbox/ephemeral/e -> /m: read-write"],
    signs: "w",
  },
  {
    name: "a filesystem of the guest's kernel",
    mounts: [{ destination: "/proc", type: "proc", source: "proc" }],
    curves: [],
    signs: "w",
  },
  {
    name: "what the guest does not get",
    sandbox: { sharedFs: "none" },
    mounts: [{ source: "/f", destination: "/f", options: ["bind"], facts: { kind: "fifo" } }],
    curves: [],
    signs: "-",
    sentence: "The guest does not get it, because its source has no content that can be copied.",
  },
];

for (const row of rows) {
  test(`${row.name}: curves, marks and why`, () => {
    const picture = pictureOf(row);
    const last = picture.columns.guest.at(-1) as Row;
    assert.deepEqual(curvesTo(picture, last), row.curves);
    assert.equal(last.traits.map((trait) => traits[trait].sign).join(""), row.signs);
    if (row.sentence) assert.equal(last.details.rule?.sentence, row.sentence);
  });
}

test("the rows above and those of overlays have every kind and every trait", () => {
  const pictures = rows.map(pictureOf);
  const curves = pictures.flatMap((picture) => picture.curves);
  const traitsOfRows = pictures.flatMap(rowsOf).flatMap(({ traits }) => traits);
  const seen = new Set<string>([...curves.map(({ kind }) => kind), ...traitsOfRows]);
  const missing = [...Object.keys(curveKinds), ...Object.keys(traits)].filter((name) => !seen.has(name));
  assert.deepEqual(missing, ["overlay", "covered", "removed"]);
});
