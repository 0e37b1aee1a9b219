import { posix } from "node:path";
import fc from "fast-check";

/** Texts that go wrong where someone did not think of them. */
export const oddTexts: readonly string[] = [
  ...["", ".", "..", "/", "//", "/..", "/../", "/.", "../x", "a/../b", "/a/../../b", "/a/", "/a//b/.", "..."],
  ...[
    "/..a",
    "-rf",
    " ",
    "a b",
    "%2e%2e%2f",
    "..\\..\\x",
    "C:\\x",
    "~",
    "$HOME",
    "*",
    "__proto__",
    "constructor",
  ],
  ...["\0", "a\0b", "/a\0/../b", "\n", "a\nb", '"', '\\"', "\\", "\\u0000", "\x7f", "\x80", "\x1f", "\u2028"],
  ...["\u00e9", "\u4e2d\u6587", "\u{1f600}", "e\u0301", "\ufeff", "\ufffd", "\uffff", "\u{10ffff}"],
  ...["\ud800", "\udfff", "a\ud83d", "\ude00\ud83d", "/\udc00"],
  ...["x".repeat(255), "x".repeat(256), "\u00e9".repeat(128), `/${"y".repeat(4095)}`, "/a".repeat(2100)],
  ...["sandbox-mounts", "watchable", "sandbox", "rafs", "mounts", "shared", "rootfs", "s1", "c1"],
  ...[
    "/run/kata-containers/shared/sandboxes/s1/mounts/x",
    "/run/kata-containers/shared/sandboxes/s1/mounts/..",
  ],
  ...[
    "/run/kata-containers/shared/sandboxes/s1/mounts/../../s2",
    "/run/kata-containers/shared/sandboxes/s1x/mounts/a",
  ],
  ...["/proc/self/root", "/dev/null", "/etc/shadow", "ro", "rw", "bind", "rbind", "none", "ephemeral", "xfs"],
];

/** Any text: odd ones, paths of odd names, any characters, any UTF-16 units. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...oddTexts),
  fc.array(fc.constantFrom(...oddTexts, "a", "b"), { maxLength: 6 }).map((names) => names.join("/")),
  fc.string({ unit: "binary" }),
  fc.array(fc.nat({ max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
);

/** Any JSON value, of the types that a request's field should not have too. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  anyText,
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 2 ** 53, 1e300, [], {}, [[]], [null], { id: "s1" }),
  fc.jsonValue({ maxDepth: 2 }),
);

const id = fc.oneof(fc.constantFrom("s1", "c1"), fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,30}$/));
const name = fc
  .oneof(fc.constantFrom(...oddTexts), fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }))
  .filter((text) => isName(text));
const directory = fc
  .array(fc.oneof(name, fc.constantFrom("", ".")), { maxLength: 5 })
  .map((names) => `/${names.join("/")}`)
  .filter((path) => path.length < 1000);
const path = fc
  .array(fc.oneof(name, fc.constantFrom("", ".", "..")), { maxLength: 5 })
  .map((names) => `/${names.join("/")}`)
  .filter((text) => text.length < 1000);
const count = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constant(0));
const options = fc.array(fc.constantFrom("ro", "rw", "bind", "rbind"), { maxLength: 4 });
const text = anyText.filter((candidate) => isPlain(candidate));

/** A field that is missing, undefined, or now and then anything at all. */
function field<T>(valid: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 20, arbitrary: fc.constant(undefined) },
    { weight: 20, arbitrary: valid },
    { weight: 1, arbitrary: anyText },
  );
}

/** One that has to be there, and now and then is anything at all. */
function needed<T>(valid: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 40, arbitrary: valid }, { weight: 1, arbitrary: anyText });
}

const sandbox = fc.record({
  id: needed(id),
  sharedFs: field(fc.constantFrom("virtio-fs", "virtio-fs", "virtio-fs-nydus", "virtio-9p", "none")),
  hypervisor: field(
    fc.constantFrom("qemu", "clh", "firecracker", "acrn", "dragonball", "stratovirt", "remote"),
  ),
  blockDeviceDriver: field(
    fc.constantFrom("virtio-blk", "virtio-blk-ccw", "virtio-mmio", "virtio-scsi", "nvdimm"),
  ),
  sandboxBindMounts: field(
    fc
      .uniqueArray(fc.tuple(directory, name), { maxLength: 4, selector: ([, last]) => last })
      .map((pairs) => pairs.map(([above, last]) => `${above}/${last}`)),
  ),
  serviceOffload: field(fc.boolean()),
  forceGuestPull: field(fc.constant(false)),
  rootlessDir: field(directory),
  hostDir: field(directory),
  guestDir: field(directory),
  shmSize: field(count),
  virtioFsCache: field(fc.oneof(text, fc.constantFrom("auto", "never", "metadata", "none"))),
  virtioFsCacheSize: field(count),
  msize9p: field(count),
  kubeletRootDir: field(directory),
  emptydirMode: field(fc.constantFrom("shared-fs", "block-encrypted", "block-plain")),
});

const blockDrive = fc.record({
  kind: field(fc.constant("block")),
  pciPath: needed(text),
  virtPath: needed(text),
  devNo: needed(text),
  scsiAddr: needed(text),
  nvdimmId: field(text),
  format: field(text),
  pmem: field(fc.boolean()),
});

const mount = fc.record({
  source: needed(path),
  destination: needed(
    fc.oneof(
      path,
      text.filter((candidate) => candidate !== ""),
    ),
  ),
  type: field(fc.constantFrom("bind", "none", "")),
  options: field(options),
  readOnly: field(fc.boolean()),
  hostPath: field(text),
});

const container = fc.record({
  id: needed(id),
  bundle: field(directory),
  rootFs: fc.option(
    fc.record({
      source: field(text),
      target: needed(path),
      type: field(fc.constantFrom("", "bind", "overlay", "ext4")),
      options: field(options),
    }),
    { nil: undefined },
  ),
  rootfsSuffix: field(fc.oneof(name, fc.constant(""))),
  fstype: field(fc.oneof(text, fc.constantFrom("ext4", "xfs", ""))),
  blockDrive: fc.option(blockDrive, { nil: undefined }),
  annotations: field(fc.dictionary(text, text, { maxKeys: 3 })),
  mounts: field(fc.array(mount, { maxLength: 2 })),
});

const random = needed(fc.stringMatching(/^[0-9a-f]{16}$/));
const share = fc.oneof(
  name,
  fc.tuple(name, name).map((names) => names.join("/")),
);

type Fields = Record<string, unknown>;

// As someone does who kept what shareFile returned; now and then it is another one's.
const unshared = fc
  .tuple(sandbox, container, mount, name, fc.boolean())
  .map(([box, owner, what, share, isOwn]) => ({
    op: "unshareFile",
    sandbox: box,
    container: owner,
    mount: isOwn ? { ...what, hostPath: `${sandboxDirectory(box)}/mounts/${share}` } : what,
  }));

/** Requests of all operations, of which many are planned, and with any text anywhere. */
export const anyRequest: fc.Arbitrary<Fields> = fc.oneof(
  fc.record({ op: fc.constant("prepare"), sandbox }),
  fc.record({
    op: fc.constant("cleanup"),
    sandbox,
    revoke: field(fc.array(needed(share), { maxLength: 4 })),
  }),
  fc.record({ op: fc.constant("shareFile"), sandbox, container, mount, random }),
  unshared,
  fc.record({ op: fc.constantFrom("shareRootFilesystem", "unshareRootFilesystem"), sandbox, container }),
);

/** Where a sandbox's directory is, by the rule: hostDir, or the default behind rootlessDir, and the id in it. */
export function sandboxDirectory({ hostDir, rootlessDir, id }: Fields): string {
  const rootless = typeof rootlessDir === "string" ? rootlessDir : "/";
  const shared = typeof hostDir === "string" ? hostDir : `${rootless}/run/kata-containers/shared/sandboxes`;
  return posix.join(shared, String(id));
}

/** Whether the kernel takes a text for the name of one file. */
export function isName(candidate: string): boolean {
  const length = new TextEncoder().encode(candidate).length;
  return (
    length > 0 && length <= 255 && !/^\.{1,2}$/.test(candidate) && !/\//.test(candidate) && isPlain(candidate)
  );
}

/** Whether a text has neither NUL nor half a character. */
export function isPlain(candidate: string): boolean {
  return !candidate.includes("\0") && !/\p{Surrogate}/u.test(candidate);
}
