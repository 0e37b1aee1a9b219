import fc from "fast-check";
import { stringify } from "smol-toml";
import type { HostPath, SandboxQuestion } from "./question.ts";
import { rarely } from "./rarely.ts";

type Table = Readonly<Record<string, unknown>>;

const PROGRAM = "/mnt/kata/program";

const machine = fc.record(
  {
    shared_fs: fc.oneof(
      fc.constantFrom("virtio-fs", "virtio-9p", "virtio-fs-nydus"),
      rarely("virtio", "none"),
      fc.constant(""),
    ),
    virtio_fs_cache: fc.oneof(
      fc.constantFrom("never", "metadata", "auto", "always", ""),
      rarely("none", "auto"),
    ),
    virtio_fs_cache_size: fc.constantFrom(0, 8, 4294967295),
    msize_9p: fc.constantFrom(0, 8192, 65536),
    block_device_driver: fc.oneof(
      fc.constantFrom("virtio-scsi", "virtio-blk", "virtio-blk-ccw", "virtio-mmio", "nvdimm", ""),
      rarely("virtio-pmem", "virtio-scsi"),
    ),
  },
  { requiredKeys: [] },
);

const runtime = fc.record(
  {
    sandbox_bind_mounts: fc.oneof(rarely(["/mnt/a", "/mnt/c/a"], []), rarely(["/mnt/a", "/mnt/b"], [])),
    experimental_force_guest_pull: fc.boolean(),
    kubelet_root_dir: fc.constantFrom("/var/lib/k0s/kubelet", ""),
    emptydir_mode: fc.oneof(
      fc.constantFrom("shared-fs", "block-plain", "block-encrypted", ""),
      rarely("other", "shared-fs"),
    ),
    disable_guest_empty_dir: fc.boolean(),
  },
  { requiredKeys: [] },
);

const names = ["shared_fs", "virtio_fs_.*", "msize_9p", "block_device_driver"];
const enabled = fc.oneof(
  { weight: 5, arbitrary: fc.constant(names) },
  { weight: 1, arbitrary: fc.subarray(names) },
);
const HYPERVISOR = "io.katacontainers.config.hypervisor.";
const annotations = fc.record(
  {
    [`${HYPERVISOR}shared_fs`]: fc.oneof(
      rarely("none", "virtio-fs"),
      rarely("virtio-fs-nydus", "virtio-9p"),
      fc.constant("virtio-9p"),
    ),
    [`${HYPERVISOR}virtio_fs_cache`]: fc.constantFrom("never", "auto", "always", "metadata"),
    [`${HYPERVISOR}virtio_fs_cache_size`]: fc.oneof(
      fc.constantFrom("0", "16"),
      rarely("4294967296", "4294967295"),
      rarely("-1", "+7"),
      rarely("x", "007"),
    ),
    [`${HYPERVISOR}msize_9p`]: fc.oneof(rarely("0", "4096"), rarely("0x10", "010")),
    [`${HYPERVISOR}block_device_driver`]: rarely("virtio-blk-pci", "nvdimm"),
    "io.katacontainers.config.runtime.experimental_force_guest_pull": fc.oneof(
      fc.constantFrom("true", "false", "1", "T"),
      rarely("yes", "False"),
    ),
  },
  { requiredKeys: [] },
);

const shmMounts = [
  { type: "tmpfs", source: "shm", options: ["nosuid", "size=65536k"] },
  { type: "tmpfs", source: "shm", options: ["nosuid", "size=1g"] },
  { type: "tmpfs", source: "shm", options: ["nosuid"] },
  { type: "bind", source: "/mnt/a", options: ["rbind", "ro"] },
  { type: "bind", source: "/dev/shm", options: ["bind"] },
];
const mounts = fc.oneof(
  fc.constant([]),
  fc.constantFrom(...shmMounts).map((mount) => [{ destination: "/dev/shm", ...mount }]),
);

/** A configuration of Kata's Go runtime with drop-ins, and annotations of a pod. */
export const sandboxQuestion: fc.Arbitrary<SandboxQuestion> = fc
  .record({
    hypervisor: fc.constantFrom("qemu", "qemu", "clh", "firecracker", "stratovirt", "stratovirt", "remote"),
    base: fc.tuple(machine, runtime),
    dropIns: fc.array(fc.tuple(machine, runtime), { maxLength: 2 }),
    enabled,
    annotations: fc.oneof(fc.constant({}), annotations),
    mounts,
  })
  .map(({ hypervisor, base, dropIns, enabled, annotations, mounts }) => ({
    op: "sandbox",
    id: "s1",
    bundle: "/mnt/bundle",
    texts: [
      textOf(hypervisor, { ...needed(hypervisor), enable_annotations: enabled, ...base[0] }, base[1]),
      ...dropIns.map(([machine, runtime]) => textOf(hypervisor, machine, runtime)),
    ],
    config: { root: { path: "/mnt/root" }, annotations, mounts },
    host,
  }));

const files = [PROGRAM, "/mnt/kata/kernel", "/mnt/kata/image"];
const host: readonly HostPath[] = [
  ...files.map((path): HostPath => ({ path, kind: "file" })),
  ...["/mnt/a", "/mnt/b", "/mnt/c/a"].map((path): HostPath => ({ path, kind: "directory" })),
];

function textOf(hypervisor: string, machine: Table, runtime: Table): string {
  return stringify({ hypervisor: { [hypervisor]: machine }, runtime });
}

// What Kata looks for on the host before anything else.
function needed(hypervisor: string): Table {
  const paths = { path: PROGRAM, kernel: files[1], image: files[2] };
  if (hypervisor === "firecracker") return { ...paths, jailer_path: PROGRAM };
  return hypervisor === "remote" ? {} : { ...paths, virtio_fs_daemon: PROGRAM };
}
