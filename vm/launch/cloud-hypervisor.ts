import { diskAddress } from "./disk-address.ts";
import { LaunchError } from "./launch-error.ts";
import {
  checkedMachine,
  type MachineDisk,
  type MachineOptions,
  type SharedDevice,
} from "./launch-options.ts";

/** The body of `PUT /api/v1/vm.add-fs`: a virtio-fs device for a machine that runs. */
export interface CloudHypervisorFs {
  /** The name that the guest mounts. */
  readonly tag: string;
  /** virtiofsd's socket. */
  readonly socket: string;
  /** Queues for requests. */
  readonly num_queues: number;
  /** How many requests wait at most in one. */
  readonly queue_size: number;
}

/**
 * The arguments of `cloud-hypervisor` for a machine whose guest has what is shared: `--memory shared=on`, `--fs`, and the disks.
 * The syntax is that of its versions 51 to 53 (vmm/src/config.rs, option_parser); an earlier one knows no `image_type` of a disk.
 * cloud-hypervisor places its disks itself: only addresses of virtio in their order, and pmem, are possible.
 *
 * @throws {LaunchError} for a field that cannot be.
 *
 * @example
 * ```ts
 * import { cloudHypervisorArguments } from "guestshare/vm";
 *
 * const share = { socket: "/run/v.sock", tag: "guestshare" };
 * console.log(cloudHypervisorArguments({ share, memoryMiB: 1024 }).join(" "));
 * // --cpus boot=1 --memory size=1024M,shared=on --fs tag="guestshare",socket="/run/v.sock",num_queues=1,queue_size=1024
 * ```
 */
export function cloudHypervisorArguments(options: MachineOptions): string[] {
  const { share, memoryMiB, cpus, kernel, initramfs, commandLine, disks } = checkedMachine(options);
  const placed = disks.map((disk, index) => diskWords(disk, index, disks));
  const of = (name: string) => placed.filter((one) => one.name === name).map(({ words }) => words);
  return [
    ...["--cpus", `boot=${cpus}`, "--memory", `size=${memoryMiB}M,shared=on`],
    ...(kernel === undefined ? [] : ["--kernel", kernel]),
    ...(initramfs === undefined ? [] : ["--initramfs", initramfs]),
    ...(commandLine.length === 0 ? [] : [`--cmdline=${commandLine.join(" ")}`]), // it may begin with a dash
    ...(share === undefined ? [] : ["--fs", fsWords(share)]),
    ...["--disk", "--pmem"].flatMap((name) => (of(name).length > 0 ? [name, ...of(name)] : [])),
  ];
}

/**
 * The body of cloud-hypervisor's `vm.add-fs`, for a machine that was started with `--memory shared=on`.
 *
 * @throws {LaunchError} for a field that cannot be.
 *
 * @example
 * ```ts
 * import { cloudHypervisorFs } from "guestshare/vm";
 *
 * console.log(JSON.stringify(cloudHypervisorFs({ socket: "/run/v.sock", tag: "guestshare" })));
 * // {"tag":"guestshare","socket":"/run/v.sock","num_queues":1,"queue_size":1024}
 * ```
 */
export function cloudHypervisorFs(share: SharedDevice): CloudHypervisorFs {
  checkedMachine({ share });
  const { tag, socket, queueSize = 1024 } = share;
  return { tag, socket, num_queues: 1, queue_size: queueSize };
}

function fsWords(share: SharedDevice): string {
  const { tag, socket, num_queues, queue_size } = cloudHypervisorFs(share);
  return `tag=${quoted(tag)},socket=${quoted(socket)},num_queues=${num_queues},queue_size=${queue_size}`;
}

function diskWords(
  disk: MachineDisk,
  index: number,
  disks: readonly MachineDisk[],
): { name: "--disk" | "--pmem"; words: string } {
  const path = `disks[${index}]`;
  const { file, readOnly = false, format = "raw" } = disk;
  const address = diskAddress(disk, path);
  const shown = Object.values(disk.at).join(" ");
  if (address.bus !== "virtio" && address.bus !== "pmem")
    throw new LaunchError(
      `${path}.at`,
      shown,
      "has to be a virtPath or an nvdimmId: cloud-hypervisor places disks itself",
    );
  const key = address.bus === "pmem" ? "nvdimmId" : "virtPath";
  const before = disks.slice(0, index).filter(({ at }) => at[key] !== undefined).length;
  if (address.index !== before)
    throw new LaunchError(
      `${path}.at`,
      shown,
      `would be number ${before} in the guest: give them in their order`,
    );
  if (address.bus === "pmem")
    return { name: "--pmem", words: `file=${quoted(file)}${readOnly ? ",discard_writes=on" : ""}` };
  const words = `path=${quoted(file)},image_type=${format},readonly=${readOnly ? "on" : "off"}`;
  return { name: "--disk", words };
}

// Within quotes only a quote is special, and is doubled.
function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}
