import assert from "node:assert/strict";
import { test } from "node:test";
import { sandboxOf } from "../../input/sandbox.ts";
import { load } from "../../mod.ts";

// The configurations that Kata ships (August 2026): of each template all keys that say something about sharing, with the
// values that the Makefiles give them on x86_64, and of the other sections their heads.

const core = await load();

interface Machine {
  readonly table: string;
  readonly sharedFs?: string;
  readonly driver: string;
  /** The key emptydir_mode. */
  readonly emptydir: string;
  /** As our sandbox has the driver, where that is another word. */
  readonly as?: { readonly driver: string };
}

const scsi = { table: "qemu", driver: "virtio-scsi" };
const shared = { ...scsi, sharedFs: "virtio-fs", emptydir: "shared-fs" };
const confidential = { ...scsi, sharedFs: "none", emptydir: "block-encrypted" };
const pci = { driver: "virtio-blk-pci", as: { driver: "virtio-blk" } };
const clh = { table: "clh", sharedFs: "virtio-fs", emptydir: "shared-fs" };

const ofGo: Readonly<Record<string, Machine>> = {
  qemu: shared,
  "qemu-nvidia-cpu": shared,
  "qemu-nvidia-gpu": shared,
  "qemu-coco-dev": confidential,
  "qemu-se": confidential,
  "qemu-snp": confidential,
  "qemu-tdx": confidential,
  "qemu-nvidia-gpu-snp": confidential,
  "qemu-nvidia-gpu-tdx": confidential,
  clh: { ...clh, driver: "virtio-blk" },
  "clh-azure": { ...clh, driver: "virtio-blk" },
  fc: { table: "firecracker", driver: "virtio-mmio", emptydir: "shared-fs" },
  stratovirt: { table: "stratovirt", sharedFs: "virtio-fs", driver: "virtio-mmio", emptydir: "shared-fs" },
};

const ofRust: Readonly<Record<string, Machine>> = {
  "qemu-runtime-rs": shared,
  "qemu-nvidia-cpu-runtime-rs": { ...shared, sharedFs: "none", emptydir: "block-plain" },
  "qemu-nvidia-gpu-runtime-rs": { ...shared, sharedFs: "none", emptydir: "block-plain" },
  "qemu-coco-dev-runtime-rs": confidential,
  "qemu-se-runtime-rs": confidential,
  "qemu-snp-runtime-rs": confidential,
  "qemu-tdx-runtime-rs": confidential,
  "qemu-nvidia-gpu-snp-runtime-rs": confidential,
  "qemu-nvidia-gpu-tdx-runtime-rs": confidential,
  "clh-runtime-rs": { ...clh, ...pci },
  "clh-azure-runtime-rs": { ...clh, ...pci },
  dragonball: { table: "dragonball", sharedFs: "inline-virtio-fs", emptydir: "shared-fs", ...pci },
  "openvmm-azure-runtime-rs": { ...clh, table: "openvmm", ...pci },
  "rs-fc": {
    ...{ table: "firecracker", driver: "virtio-blk-mmio", emptydir: "shared-fs" },
    as: { driver: "virtio-mmio" },
  },
};

function configurationOf({ table, sharedFs, driver, emptydir }: Machine, runtime: string): string {
  const shares = `
shared_fs = "${sharedFs}"
virtio_fs_daemon = "/opt/kata/libexec/virtiofsd"
virtio_fs_cache_size = 0
virtio_fs_queue_size = 1024
virtio_fs_extra_args = ["--thread-pool-size=1"]
virtio_fs_cache = "auto"
rootless = false`;
  return `
[hypervisor.${table}]
path = "/opt/kata/bin/vmm"
enable_annotations = ["enable_iommu", "virtio_fs_extra_args", "kernel_params"]
${sharedFs === undefined ? "" : shares}
block_device_driver = "${driver}"
block_device_cache_direct = false
${runtime}
emptydir_mode = "${emptydir}"
experimental = []
`;
}

const go = `
[[hypervisor.FIRST.guest_extension_images]]
name = "coco"
[factory]
enable_template = false
[agent.kata]
kernel_modules = []
[runtime]
internetworking_model = "tcfilter"
sandbox_bind_mounts = []
disable_guest_empty_dir = true
kubelet_root_dir = "/var/lib/kubelet"`;

const rust = `
[hypervisor.FIRST.factory]
enable_template = false
[[hypervisor.FIRST.guest_extension_images]]
name = "gpu"
[agent.kata]
kernel_modules = []
[agent.kata.mem_agent]
mem_agent_enable = false
[runtime]
name = "virt_container"
hypervisor_name = "FIRST"
agent_name = "kata"
sandbox_bind_mounts = []`;

for (const [runtime, shipped] of [
  [go, ofGo],
  [rust, ofRust],
] as const) {
  for (const [name, machine] of Object.entries(shipped)) {
    test(`configuration-${name}.toml is read, and its sandbox can be prepared`, () => {
      const { table, sharedFs, driver, emptydir, as } = machine;
      const sandbox = sandboxOf(configurationOf(machine, runtime.replaceAll("FIRST", table)), { id: "s1" });
      assert.equal(sandbox.hypervisor, table);
      assert.equal(sandbox.blockDeviceDriver, as?.driver ?? driver);
      assert.equal(sandbox.emptydirMode, emptydir);
      const none = runtime === rust ? "none" : undefined;
      assert.equal(sandbox.sharedFs, sharedFs?.replace("inline-", "") ?? none);
      if (sharedFs !== undefined) assert.equal(sandbox.virtioFsCache, "auto");
      assert.equal(sandbox.disableGuestEmptyDir, runtime === go ? true : undefined);
      const isShared = sharedFs !== undefined && sharedFs !== "none";
      const { storages } = core.plan({ op: "prepare", sandbox });
      assert.equal(
        storages.some(({ driver }) => driver === "virtio-fs"),
        isShared,
      );
    });
  }
}

test("the configurations for a remote hypervisor have no keys of sharing, and share nothing", () => {
  const machine = "[hypervisor.remote]\nenable_annotations = ['machine_type']\n[agent.kata]\n[runtime]\n";
  const fromGo = sandboxOf(`${machine}disable_guest_empty_dir = false\nemptydir_mode = "shared-fs"\n`, {
    id: "s1",
  });
  const fromRust = sandboxOf(`${machine}name = "virt_container"\nhypervisor_name = "remote"\n`, { id: "s1" });
  for (const sandbox of [fromGo, fromRust]) {
    assert.equal(sandbox.hypervisor, "remote");
    assert.ok(!core.plan({ op: "prepare", sandbox }).storages.some(({ driver }) => driver === "virtio-fs"));
  }
});
