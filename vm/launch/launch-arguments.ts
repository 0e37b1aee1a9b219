import type { Sandbox } from "../../mod.ts";
import { cloudHypervisorArguments } from "./cloud-hypervisor.ts";
import { LaunchError } from "./launch-error.ts";
import type { MachineOptions } from "./launch-options.ts";
import { qemuArguments } from "./qemu-arguments.ts";

/** A sandbox's `hypervisor`. */
export type Hypervisor = NonNullable<Sandbox["hypervisor"]>;

/**
 * The arguments of a sandbox's hypervisor: `qemuArguments` or `cloudHypervisorArguments`, by the word that the sandbox has for it.
 * Firecracker, acrn and remote ones share no filesystem: their guests get copies, by `FilesystemShare` with an agent.
 *
 * @throws {LaunchError} for a hypervisor that shares nothing, or that is not known here, and for a field that cannot be.
 *
 * @example
 * ```ts
 * import { LaunchError, launchArguments } from "guestshare/vm";
 *
 * try {
 *   launchArguments("firecracker", { share: { socket: "/run/v.sock", tag: "guestshare" } });
 * } catch (error) {
 *   if (!(error instanceof LaunchError)) throw error;
 *   console.log(error.reason);
 * }
 * // has no virtio-fs device: its guests get copies, by an agent (FilesystemShare with its option agent)
 * ```
 */
export function launchArguments(hypervisor: Hypervisor, options: MachineOptions): string[] {
  switch (hypervisor) {
    case "qemu":
      return qemuArguments(options);
    case "clh":
      return cloudHypervisorArguments(options);
    case "firecracker":
    case "acrn":
    case "remote":
      throw new LaunchError("hypervisor", hypervisor, withoutDevice);
    default:
      throw new LaunchError("hypervisor", hypervisor, 'is not known here; there are "qemu" and "clh"');
  }
}

// Firecracker 1.16 has in src/vmm/src/devices/virtio: balloon, block, mem, net, pmem, rng, vsock.
const withoutDevice =
  "has no virtio-fs device: its guests get copies, by an agent (FilesystemShare with its option agent)";
