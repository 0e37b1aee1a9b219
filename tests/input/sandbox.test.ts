import assert from "node:assert/strict";
import { test } from "node:test";
import { annotationsAllowedBy, sandboxOf } from "../../input/sandbox.ts";
import { load } from "../../mod.ts";
import { errorOf, problemOf } from "./problem.ts";

/** As the Go runtime has it, after its own template. */
const go = `
# qemu
[hypervisor.qemu]
path = "/opt/kata/bin/qemu-system-x86_64"
enable_annotations = ["enable_iommu", "virtio_fs_.*"]
default_memory = 2048
default_vcpus = 1.5
shared_fs = "virtio-fs"
virtio_fs_daemon = "/opt/kata/libexec/virtiofsd"
valid_virtio_fs_daemon_paths = ["/opt/kata/libexec/virtiofsd"]
virtio_fs_cache_size = 1024
virtio_fs_queue_size = 1024
virtio_fs_extra_args = ["--thread-pool-size=1", "-o", "announce_submounts"]
virtio_fs_cache = "metadata"
block_device_driver = "virtio-blk"
msize_9p = 16384
snp_guest_policy = 0x30000
rootless = false

[[hypervisor.qemu.guest_extension_images]]
name = "tools"

[factory]
vm_cache_number = 0

[agent.kata]
kernel_modules = []

[runtime]
internetworking_model = "tcfilter"
sandbox_bind_mounts = ["/etc/ssl/certs", "/srv/odd:ro"]
experimental = []
disable_guest_empty_dir = true
emptydir_mode = "block-plain"
experimental_force_guest_pull = true
kubelet_root_dir = "/var/lib/k0s/kubelet"
`;

/** As runtime-rs has it. */
const rust = `
[hypervisor.dragonball]
path = "/opt/kata/bin/dragonball"
block_device_driver = "virtio-blk-mmio"
shared_fs = "inline-virtio-fs"
virtio_fs_cache = "always"
virtio_fs_cache_size = 0

[hypervisor.cloud-hypervisor]
shared_fs = "none"

[agent.kata.mem_agent]
enable = false

[runtime]
name = "virt_container"
hypervisor_name = "dragonball"
agent_name = "kata"
experimental = ["force_guest_pull"]
sandbox_bind_mounts = ["/etc/ssl/certs", "/srv/models:ro"]
emptydir_mode = "shared-fs"
`;

const options = { id: "s1" };

test("sandboxOf() reads a configuration of the Go runtime", () => {
  assert.deepEqual(sandboxOf(go, options), {
    id: "s1",
    hypervisor: "qemu",
    sharedFs: "virtio-fs",
    blockDeviceDriver: "virtio-blk",
    virtioFsCache: "metadata",
    virtioFsCacheSize: 1024,
    msize9p: 16384,
    // There a path may end in ":ro".
    sandboxBindMounts: ["/etc/ssl/certs", "/srv/odd:ro"],
    forceGuestPull: true,
    kubeletRootDir: "/var/lib/k0s/kubelet",
    emptydirMode: "block-plain",
    disableGuestEmptyDir: true,
  });
});

test("sandboxOf() reads a configuration of runtime-rs: the hypervisor that it names, and its own words", () => {
  assert.deepEqual(sandboxOf(rust, options), {
    id: "s1",
    hypervisor: "dragonball",
    sharedFs: "virtio-fs",
    blockDeviceDriver: "virtio-mmio",
    virtioFsCache: "always",
    virtioFsCacheSize: 0,
    sandboxBindMounts: ["/etc/ssl/certs", "/srv/models"],
    forceGuestPull: true,
    emptydirMode: "shared-fs",
  });
});

test("another name picks another hypervisor", () => {
  const toml = rust.replace('hypervisor_name = "dragonball"', 'hypervisor_name = "cloud-hypervisor"');
  const { hypervisor, sharedFs } = sandboxOf(toml, options);
  assert.deepEqual([hypervisor, sharedFs], ["clh", "none"]);
});

test("what the Go runtime makes of nothing: qemu's cache is never, an emptyDir is made in the guest", () => {
  const disableGuestEmptyDir = false;
  assert.deepEqual(sandboxOf("", options), { id: "s1", disableGuestEmptyDir });
  assert.deepEqual(sandboxOf("[hypervisor.qemu]", options), {
    id: "s1",
    hypervisor: "qemu",
    virtioFsCache: "never",
    disableGuestEmptyDir,
  });
  assert.deepEqual(sandboxOf("[hypervisor.clh]", options), {
    id: "s1",
    hypervisor: "clh",
    disableGuestEmptyDir,
  });
});

test("what runtime-rs makes of nothing: nothing is shared, disks are virtio-blk, the cache is never", () => {
  assert.deepEqual(sandboxOf('[hypervisor.clh]\n[runtime]\nname = "virt_container"', options), {
    id: "s1",
    hypervisor: "clh",
    sharedFs: "none",
    blockDeviceDriver: "virtio-blk",
    virtioFsCache: "never",
  });
});

test("an empty text is as good as none, and so is a msize of 0", () => {
  const empty = [
    "[hypervisor.clh]",
    'shared_fs = ""',
    'block_device_driver = ""',
    'virtio_fs_cache = ""',
    "msize_9p = 0",
    "[runtime]",
    'emptydir_mode = ""',
    'kubelet_root_dir = ""',
    'hypervisor_name = ""',
    "disable_guest_empty_dir = true",
  ].join("\n");
  assert.deepEqual(sandboxOf(empty, options), {
    id: "s1",
    hypervisor: "clh",
    blockDeviceDriver: "virtio-blk",
    virtioFsCache: "never",
    disableGuestEmptyDir: true,
  });
});

test("each word of either runtime has its word here", () => {
  const of = (line: string) => sandboxOf(`[hypervisor.clh]\n${line}`, options);
  for (const [word, sharedFs] of [
    ["virtio-fs", "virtio-fs"],
    ["inline-virtio-fs", "virtio-fs"],
    ["virtio-fs-nydus", "virtio-fs-nydus"],
    ["virtio-9p", "virtio-9p"],
    ["none", "none"],
  ]) {
    assert.equal(of(`shared_fs = "${word}"`).sharedFs, sharedFs);
  }
  for (const [word, driver] of [
    ["virtio-scsi", "virtio-scsi"],
    ["virtio-blk", "virtio-blk"],
    ["virtio-blk-pci", "virtio-blk"],
    ["virtio-blk-ccw", "virtio-blk-ccw"],
    ["virtio-mmio", "virtio-mmio"],
    ["virtio-blk-mmio", "virtio-mmio"],
    ["nvdimm", "nvdimm"],
    ["virtio-pmem", "nvdimm"],
  ]) {
    assert.equal(of(`block_device_driver = "${word}"`).blockDeviceDriver, driver);
  }
  assert.equal(of('virtio_fs_cache = "none"').virtioFsCache, "never");
  assert.equal(sandboxOf("[hypervisor.stratovirt]", { id: "s1" }).virtioFsCache, "never");
  for (const [table, hypervisor] of [
    ["qemu", "qemu"],
    ["cloud-hypervisor", "clh"],
    ["firecracker", "firecracker"],
    ["acrn", "acrn"],
    ["stratovirt", "stratovirt"],
    ["openvmm", "openvmm"],
    ["remote", "remote"],
  ]) {
    assert.equal(sandboxOf(`[hypervisor.${table}]`, options).hypervisor, hypervisor);
  }
});

test("the older [image] table says whether images are pulled in the guest", () => {
  assert.equal(sandboxOf("[image]\nservice_offload = true", options).serviceOffload, true);
});

test("a rootless virtual machine needs its directory; another one has none", () => {
  const rootless = "[hypervisor.qemu]\nrootless = true";
  assert.equal(sandboxOf(rootless, { id: "s1", rootlessDir: "/run/user/7" }).rootlessDir, "/run/user/7");
  assert.equal(sandboxOf(go, { id: "s1", rootlessDir: "/run/user/7" }).rootlessDir, undefined);
  assert.equal(
    problemOf(() => sandboxOf(rootless, options)),
    "hypervisor.qemu.rootless needs-rootless-dir",
  );
});

test("a wrong type, an unknown word or what cannot be is named by its path", () => {
  for (const [toml, problem] of [
    ['[hypervisor.qemu]\nshared_fs = "virtiofs"', "hypervisor.qemu.shared_fs unknown-word"],
    ["[hypervisor.qemu]\nshared_fs = true", "hypervisor.qemu.shared_fs wrong-type"],
    ['[hypervisor.qemu]\nshared_fs = "constructor"', "hypervisor.qemu.shared_fs unknown-word"],
    ['[hypervisor.clh]\nvirtio_fs_cache = "Auto"', "hypervisor.clh.virtio_fs_cache unknown-word"],
    ['[hypervisor.clh]\nblock_device_driver = "ide"', "hypervisor.clh.block_device_driver unknown-word"],
    ['[hypervisor.clh]\nvirtio_fs_cache_size = "1"', "hypervisor.clh.virtio_fs_cache_size wrong-type"],
    ["[hypervisor.clh]\nvirtio_fs_cache_size = 1.5", "hypervisor.clh.virtio_fs_cache_size wrong-type"],
    ["[hypervisor.clh]\nvirtio_fs_cache_size = -1", "hypervisor.clh.virtio_fs_cache_size out-of-range"],
    ["[hypervisor.clh]\nvirtio_fs_cache_size = inf", "hypervisor.clh.virtio_fs_cache_size out-of-range"],
    ["[hypervisor.clh]\nvirtio_fs_cache_size = nan", "hypervisor.clh.virtio_fs_cache_size wrong-type"],
    ["[hypervisor.clh]\nmsize_9p = 4294967296", "hypervisor.clh.msize_9p out-of-range"],
    ["[hypervisor.clh]\nmsize_9p = 9223372036854775807", "hypervisor.clh.msize_9p out-of-range"],
    ["[hypervisor.clh]\nmsize_9p = 1979-05-27", "hypervisor.clh.msize_9p wrong-type"],
    ["[hypervisor.bhyve]", "hypervisor.bhyve unknown-word"],
    ['[hypervisor."a b"]', 'hypervisor["a b"] unknown-word'],
    ["[hypervisor]\nqemu = 1", "hypervisor.qemu wrong-type"],
    ["[hypervisor]\nqemu = 1979-05-27", "hypervisor.qemu wrong-type"],
    ["hypervisor = []", "hypervisor wrong-type"],
    ["runtime = 1", "runtime wrong-type"],
    ["[hypervisor.qemu]\n[hypervisor.clh]", "hypervisor several-hypervisors"],
    ['[hypervisor.qemu]\n[runtime]\nhypervisor_name = "clh"', "runtime.hypervisor_name no-such-table"],
    ['[runtime]\nhypervisor_name = "__proto__"', "runtime.hypervisor_name no-such-table"],
    ['[runtime]\nemptydir_mode = "block"', "runtime.emptydir_mode unknown-word"],
    ["[runtime]\nkubelet_root_dir = 1", "runtime.kubelet_root_dir wrong-type"],
    ['[runtime]\ndisable_guest_empty_dir = "true"', "runtime.disable_guest_empty_dir wrong-type"],
    ["[runtime]\nexperimental_force_guest_pull = 1", "runtime.experimental_force_guest_pull wrong-type"],
    ['[runtime]\nsandbox_bind_mounts = "/a"', "runtime.sandbox_bind_mounts wrong-type"],
    ['[runtime]\nsandbox_bind_mounts = ["/a", 1]', "runtime.sandbox_bind_mounts[1] wrong-type"],
    [
      '[runtime]\nname = "v"\nsandbox_bind_mounts = ["/a", "/b:rw"]',
      "runtime.sandbox_bind_mounts[1] writable-bind-mount",
    ],
    ["[image]\nservice_offload = 1", "image.service_offload wrong-type"],
  ] as const) {
    assert.equal(
      problemOf(() => sandboxOf(toml, options)),
      problem,
      toml,
    );
  }
});

test("what is no TOML is refused with its line and column", () => {
  for (const [toml, line, column] of [
    ["[hypervisor.qemu]\nshared_fs = virtio-fs\n", 2, 13],
    ["a = 1\na = 2", 2, 1],
    ["# x\r\n[runtime", 2, 2],
    ['a = "', 1, 5],
  ] as const) {
    const error = errorOf(() => sandboxOf(toml, options));
    assert.deepEqual([error.code, error.line, error.column], ["not-toml", line, column], toml);
    assert.match(
      error.message,
      /^Cannot read configuration\.toml line \d+, column \d+: not-toml \(\w[^\n]*\)$/,
    );
    assert.ok(error.cause instanceof Error);
  }
});

test("the message names the word and its place", () => {
  assert.equal(
    errorOf(() => sandboxOf('[hypervisor.qemu]\nshared_fs = "virtiofs"', options)).message,
    'Cannot read configuration.toml hypervisor.qemu.shared_fs "virtiofs": unknown-word ' +
      '(not one of the known words; perhaps "virtio-fs" is meant; known are "virtio-fs", ' +
      '"inline-virtio-fs", "virtio-fs-nydus", "virtio-9p", "none")',
  );
});

test("a byte order mark, other line ends, deep nesting and __proto__ do no harm", () => {
  assert.deepEqual(sandboxOf(`\ufeff${go.replaceAll("\n", "\r\n")}`, options), sandboxOf(go, options));
  const deep = `a = ${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  assert.equal(
    problemOf(() => sandboxOf(deep, options)),
    "not-toml",
  );
  assert.equal(sandboxOf("[__proto__.hypervisor.qemu]\nshared_fs = 1", options).hypervisor, undefined);
});

test("the annotations that a configuration allows are those of the hypervisor in use", () => {
  assert.deepEqual(annotationsAllowedBy(go), ["enable_iommu", "virtio_fs_.*"]);
  assert.deepEqual(annotationsAllowedBy(rust), []);
  assert.equal(
    problemOf(() => annotationsAllowedBy("[hypervisor.qemu]\nenable_annotations = [1]")),
    "hypervisor.qemu.enable_annotations[0] wrong-type",
  );
});

test("the core plans what was read of both runtimes", async () => {
  const core = await load();
  for (const toml of [go, rust]) {
    const sandbox = sandboxOf(toml, options);
    const { storages } = core.plan({ op: "prepare", sandbox });
    assert.deepEqual(
      storages.map(({ driver }) => driver),
      ["virtio-fs"],
    );
  }
});
