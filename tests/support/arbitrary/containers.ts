import fc from "fast-check";
import { anyText, directory, field, id, isPlain, name, needed, path, text } from "./texts.ts";

// Containers with mounts of all kinds, of which many can be planned.

type Fields = Record<string, unknown>;

const attributes = ["ro", "nosuid", "nodev", "noexec", "nosymfollow", "noatime", "nodiratime"];
const words = [
  ...attributes,
  "rbind",
  "rprivate",
  "rw",
  "rro",
  "rnosuid",
  "rnoatime",
  "defaults",
  "sync",
  "idmap",
];
const identity = fc.constantFrom("0:1:1", "0:1:2", "0:2:1", "__proto__", "\u00e9");
const plugin = fc.constantFrom("kubernetes.io~secret", "kubernetes.io~configmap", "kubernetes.io~empty-dir");
const known = [32, 12, 9007199254740991].map((files) => fc.constant(files));
const rarely = { weight: 1, arbitrary: anyText };

/** What is rare among 20. */
function often<T>(valid: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 20, arbitrary: valid }, rarely);
}

const facts = fc.record(
  {
    kind: fc.constantFrom("file", "directory", "socket", "fifo"),
    filesystem: fc.constantFrom("ext4", "tmpfs", "hugetlbfs"),
    filesystemOptions: fc.constant(["rw", "pagesize=2M"]),
    isMountPoint: fc.boolean(),
    emptyDirPath: fc.constantFrom(
      "/k/kubernetes.io~empty-dir/e/\u00e9/b",
      "/k/kubernetes.io~empty-dir/e",
      "/k",
    ),
    files: fc.oneof(fc.nat({ max: 12 }), ...known),
    gid: fc.oneof(fc.nat({ max: 3 }), fc.constant(4294967295)),
    attributes: fc.subarray([...attributes, "relatime"]),
    identity,
  },
  { requiredKeys: [] },
);

const mapping = fc.array(
  fc.record({ containerID: fc.nat(), hostID: fc.nat(), size: fc.nat({ max: 65536 }) }),
  { minLength: 1, maxLength: 2 },
);

export const blockDrive: fc.Arbitrary<Fields> = fc.record(
  {
    kind: fc.constantFrom("block", "vhost-user-blk"),
    pciPath: fc.constantFrom("02/01", "02/02"),
    virtPath: fc.constant("/dev/vda"),
    devNo: text,
    scsiAddr: fc.constantFrom("0:1", "0:2", "\u00e9"),
    nvdimmId: fc.constant("1"),
    pmem: fc.boolean(),
  },
  { requiredKeys: ["pciPath", "virtPath", "scsiAddr", "nvdimmId"] },
);

const source = fc.oneof(
  fc.constantFrom("/a", "/b", "/a/", "/c/\u00e9"),
  path,
  fc.tuple(plugin, name).map(([kind, last]) => `/k/${kind}/${last}`),
);
const bind = fc.record(
  {
    source: often(source),
    type: fc.constantFrom("bind", "none", ""),
    options: fc.subarray(words, { maxLength: 4 }),
    readOnly: fc.boolean(),
    facts,
    uidMappings: mapping,
    gidMappings: mapping,
  },
  { requiredKeys: ["source"] },
);
const plainBind = fc.record({
  source: fc.oneof(source, fc.constantFrom("/a", "/b")),
  options: fc.subarray(["rbind", "ro", "nosuid"], { maxLength: 2 }),
  facts: fc.record({ identity }),
});
const guests = fc.record(
  {
    source: text,
    type: fc.constantFrom("proc", "tmpfs", "\u00e9", "__proto__"),
    options: fc.array(fc.oneof(text, fc.constantFrom("size=1g", "size=64k", "exec")), { maxLength: 3 }),
    uidMappings: mapping,
  },
  { requiredKeys: ["type"] },
);
const guestMade = fc.record(
  {
    source: fc.constantFrom(
      "/k/vol",
      "/k/kubernetes.io~empty-dir/e",
      "/k/kubernetes.io~empty-dir/e/b",
      "/k/\u00e9",
    ),
    type: fc.constantFrom("ephemeral", "local", "bind"),
    options: fc.constant(["rbind"]),
    facts,
  },
  { requiredKeys: ["source", "type"] },
);
const disk = fc.record(
  {
    blockDrive: often(blockDrive),
    type: fc.constantFrom("ext4", "bind", ""),
    options: fc.subarray(["ro", "bind", "io.katacontainers.fs-opt.is-layer"]),
    directVolume: fc.record({ device: fc.constant("/dev/x"), fstype: text }, { requiredKeys: ["device"] }),
    fsGroup: fc.nat(),
    fsGroupChangePolicy: fc.constantFrom("Always", "OnRootMismatch"),
    createFilesystem: fc.boolean(),
    encryptionKey: fc.constant("ephemeral"),
    discard: fc.boolean(),
  },
  { requiredKeys: ["blockDrive"] },
);

const anyMount = fc.oneof(
  { weight: 4, arbitrary: plainBind },
  { weight: 1, arbitrary: bind },
  { weight: 2, arbitrary: guests },
  { weight: 2, arbitrary: guestMade },
  { weight: 1, arbitrary: disk },
);

// Each at a place of its own, but now and then anywhere.
const mounts = fc
  .array(fc.tuple(anyMount, text, often(fc.constant(undefined))), { maxLength: 6 })
  .map((all) =>
    all.map(([mount, last, elsewhere], i) => ({
      ...mount,
      destination: elsewhere ?? (i === 3 ? "/dev/shm" : `/${i}${last.replaceAll("/", "")}`),
    })),
  );

const image = "io.kubernetes.cri.image-name";
const base64 = (value: unknown) => btoa(JSON.stringify(value));
const nydus = base64({ source: "/boot", config: "{}", snapshotdir: "/snap" });
const pull = base64({ volume_type: "image_guest_pull", image_pull: { metadata: { a: "<b>" } } });
const roots: readonly Fields[] = [
  { rootFs: { target: "/r" } },
  { rootFs: { target: "/r", type: "bind", options: ["rbind", "ro", "nosuid"] } },
  { rootFs: { type: "fuse.nydus-overlayfs", options: [`extraoption=${nydus}`] } },
  { rootFs: { type: "overlay", options: [`io.katacontainers.volume=${pull}`] } },
  { rootFs: { type: "overlay", options: ["lowerdir=/io.containerd.snapshotter.v1.erofs/1"] } },
  { rootFs: { type: "overlay", options: ["io.katacontainers.fs-opt.layer=x"] } },
  { fstype: "xfs", blockDrive: { scsiAddr: "0:1", pciPath: "02/01", virtPath: "/dev/vda" } },
];

/** Containers with a root filesystem of any kind, and what their mounts need. */
export const anyContainer: fc.Arbitrary<Fields> = fc
  .record({
    id: needed(fc.oneof(fc.constantFrom("c1", "c2", "c3"), id)),
    bundle: field(directory),
    root: fc.oneof({ weight: 4, arbitrary: fc.constant(roots[0]) }, fc.constantFrom(...roots)),
    rootfsSuffix: field(fc.oneof(name, fc.constant(""))),
    readonlyRootfs: field(fc.boolean()),
    annotations: fc
      .dictionary(text, text, { maxKeys: 2 })
      .map((all) => ({ [image]: "\u00e9 & <i>", ...all })),
    devices: fc.constant([{ path: "/x/layer.erofs", blockDrive: { scsiAddr: "0:3", pciPath: "02/03" } }]),
    mounts,
    hugepageLimits: fc.constant([{ pageSize: "2MB", limit: 4194304 }]),
  })
  .map(({ root, ...rest }) => ({ ...rest, ...root }));

/** What the hub may hold already. */
export const anyHeld: fc.Arbitrary<unknown> = fc.uniqueArray(
  fc.record(
    {
      name: name.filter(isPlain),
      identity,
      attributes: fc.oneof(fc.constantFrom<string[]>([], ["ro"]), fc.subarray([...attributes, "relatime"])),
      mode: fc.constantFrom(448, 448, 960, 960, 320, 493),
      users: fc.subarray(["c1", "c2", "c3"]),
    },
    { requiredKeys: ["name", "attributes", "mode", "users"] },
  ),
  { maxLength: 4, selector: (share) => share.name },
);

/** One text of random digits for each of a container's mounts, but now and then another number of them. */
export function randomFor(container: Fields): fc.Arbitrary<unknown> {
  const count = Array.isArray(container.mounts) ? container.mounts.length : 0;
  const digits = Array.from({ length: count }, (_, i) => i.toString(16).padStart(16, "0"));
  return fc.oneof(
    { weight: 30, arbitrary: fc.constant(digits) },
    { weight: 1, arbitrary: fc.constant(["0"]) },
  );
}
