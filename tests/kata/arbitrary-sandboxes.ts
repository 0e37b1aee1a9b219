import fc from "fast-check";
import type { Sandbox } from "../../mod.ts";
import type { PrepareQuestion } from "./question.ts";
import { rarely } from "./rarely.ts";

/** A sandbox with every field for which Kata's functions have no default. */
export const sandbox: fc.Arbitrary<Sandbox> = fc.record(
  {
    id: fc.constantFrom("s1", "c1"),
    sharedFs: fc.constantFrom("virtio-fs", "virtio-fs", "virtio-fs", "virtio-fs-nydus", "virtio-9p", "none"),
    hypervisor: fc.constantFrom("qemu", "qemu", "qemu", "clh", "firecracker", "stratovirt", "remote"),
    blockDeviceDriver: fc.oneof(
      fc.constantFrom("virtio-scsi" as const, "virtio-blk" as const, "virtio-blk-ccw" as const),
      rarely<NonNullable<Sandbox["blockDeviceDriver"]>>("nvdimm", "virtio-mmio"),
    ),
    forceGuestPull: rarely(true, false),
    shmSize: fc.constantFrom(0, 67108864),
    virtioFsCache: fc.constantFrom("auto", "always", "never", "metadata", "none"),
    virtioFsCacheSize: fc.constantFrom(0, 1024),
    msize9p: fc.constantFrom(8192, 65536),
    emptydirMode: fc.constantFrom("shared-fs", "shared-fs", "block-plain", "block-encrypted"),
    disableGuestEmptyDir: fc.boolean(),
    // One alone, for Kata looks it up once.
    rootlessDir: fc.constant("/run/user/7"),
  },
  {
    requiredKeys: [
      ...([
        "id",
        "sharedFs",
        "hypervisor",
        "blockDeviceDriver",
        "forceGuestPull",
        "shmSize",
        "msize9p",
      ] as const),
      ...(["virtioFsCache", "virtioFsCacheSize", "emptydirMode", "disableGuestEmptyDir"] as const),
    ],
  },
);

/** What the guest mounts for a sandbox. */
export const prepareQuestion: fc.Arbitrary<PrepareQuestion> = sandbox.map((sandbox) => ({
  op: "prepare",
  sandbox,
}));

/** Whether its guest sees the host's files, and does not get copies. */
export function sharesFilesystem({ sharedFs, hypervisor }: Sandbox): boolean {
  return sharedFs !== "none" && hypervisor !== "firecracker" && hypervisor !== "remote";
}
