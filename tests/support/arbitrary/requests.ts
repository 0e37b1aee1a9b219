import { posix } from "node:path";
import fc from "fast-check";
import { anyContainer, anyHeld, randomFor } from "./containers.ts";
import { directory, field, id, name, needed, path, text } from "./texts.ts";

export { anyJson, anyText } from "./texts.ts";

const count = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constant(0));
const options = fc.array(fc.constantFrom("ro", "rw", "bind", "rbind", "rslave", "nosuid", "rnodev"), {
  maxLength: 4,
});

const sandbox = fc.record({
  id: needed(id),
  profile: field(fc.constantFrom("kata", "kata", "vm")),
  sharedFs: field(fc.constantFrom("virtio-fs", "virtio-fs", "virtio-fs-nydus", "virtio-9p", "none")),
  hypervisor: field(
    fc.constantFrom("qemu", "clh", "firecracker", "acrn", "dragonball", "stratovirt", "remote", "openvmm"),
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
  disableGuestEmptyDir: field(fc.boolean()),
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
  facts: fc.option(
    fc.record({ kind: fc.constantFrom("file", "socket"), identity: text }, { requiredKeys: [] }),
    {
      nil: undefined,
    },
  ),
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

// What containers have together of what was copied: of sources that mounts have, too.
const anyCopied = fc.array(fc.record({ name, source: needed(path) }), { maxLength: 3 });

// A sandbox in which most containers can be shared.
const sharing = fc.oneof(
  sandbox,
  fc.constantFrom<Fields>({ id: "s1" }, { id: "s1", sharedFs: "virtio-fs-nydus" }),
);
const shareContainer = fc.tuple(sharing, anyContainer, anyHeld).chain(([box, what, held]) =>
  fc.record({
    op: fc.constant("shareContainer"),
    sandbox: fc.constant(box),
    container: fc.constant(what),
    random: randomFor(what),
    held: fc.constantFrom(held, undefined),
    copied: field(anyCopied),
  }),
);

// Of a sandbox: what plans make in its hub, and what may be otherwise in it.
const mend = fc
  .tuple(sharing, fc.array(fc.tuple(name, name, fc.nat(2)), { maxLength: 6 }), fc.nat(63))
  .chain(([box, names, seed]) => {
    const directory = sandboxDirectory(box);
    const hub = `${directory}/mounts`;
    const steps = names.flatMap(([one, other, kind], at) => [
      { op: "mkdir", path: `${hub}/${one}`, mode: 0o750 },
      {
        ...{ op: "bind", source: `/${other}`, target: `${hub}/${kind === 0 ? `${one}/${other}` : one}` },
        ...{ recursive: kind === 1, attributes: at % 2 === 0 ? ["ro"] : [] },
      },
      { op: "use", path: `${hub}/.users/${one}/${other}`, mode: 0o700 },
    ]);
    const places = [
      ...[directory, hub, `${directory}/shared`, `${directory}/staging`],
      ...names.flatMap(([one, other]) =>
        [`mounts/${one}`, `mounts/${one}/${other}`, `shared/${one}`, `mounts/.users/${one}/${other}`].map(
          (place) => `${directory}/${place}`,
        ),
      ),
    ];
    const difference = fc.record({
      kind: fc.constantFrom("missing", "changed", "surplus", "surplus", "leftover"),
      target: seed === 0 ? needed(path) : fc.constantFrom(...places),
    });
    return fc.record({
      op: fc.constant("mend"),
      sandbox: fc.constant(box),
      differences: fc.array(difference, { maxLength: 4 }),
      steps: fc.constantFrom(steps, undefined),
    });
  });

/** Requests of all operations, of which many are planned, and with any text anywhere. */
export const anyRequest: fc.Arbitrary<Fields> = fc.oneof(
  fc.record({ op: fc.constant("prepare"), sandbox }),
  fc.record({
    op: fc.constant("cleanup"),
    sandbox,
    revoke: field(fc.array(needed(share), { maxLength: 4 })),
    rafs: field(fc.array(needed(id), { maxLength: 4 })),
  }),
  fc.record({
    op: fc.constant("shareFile"),
    sandbox,
    container,
    mount,
    random,
    held: field(anyHeld),
    copied: field(anyCopied),
  }),
  unshared,
  fc.record({ op: fc.constantFrom("shareRootFilesystem", "unshareRootFilesystem"), sandbox, container }),
  { weight: 2, arbitrary: shareContainer },
  fc.record({
    op: fc.constant("unshareContainer"),
    sandbox: sharing,
    container: fc.oneof(container, anyContainer),
    held: field(anyHeld),
  }),
  { weight: 2, arbitrary: mend },
);

/** Where a sandbox's directory is, by the rule: hostDir, or the default of its profile behind rootlessDir, and the id in it. */
export function sandboxDirectory({ hostDir, rootlessDir, profile, id }: Fields): string {
  const rootless = typeof rootlessDir === "string" ? rootlessDir : "/";
  const ofVm = typeof rootlessDir === "string" ? "guestshare" : "run/guestshare";
  const usual = `${rootless}/${profile === "vm" ? ofVm : "run/kata-containers/shared/sandboxes"}`;
  const shared = typeof hostDir === "string" ? hostDir : usual;
  return posix.join(shared, String(id));
}
