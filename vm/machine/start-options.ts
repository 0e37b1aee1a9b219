import type { Logger } from "../../ffi/mod.ts";
import { tell } from "../tell.ts";
import { type Accelerator, findAccelerator } from "./accelerator.ts";
import type { Slots } from "./guest-files.ts";
import { initramfsOf } from "./initramfs.ts";
import { transportOf } from "./kernel.ts";
import { MachineError } from "./machine-error.ts";
import type { QemuStart } from "./qemu.ts";
import { findParts } from "./requirements.ts";

/** How a machine is started. */
export interface MachineStartOptions {
  /** The path of a kernel's image. Default: the newest in /boot that has virtiofs. */
  readonly kernel?: string;
  /** More modules of the kernel that the guest loads, such as "ext4". */
  readonly modules?: readonly string[];
  /** Its memory. Default 512. */
  readonly memoryMiB?: number;
  /** Its processors. Default 1. */
  readonly cpus?: number;
  /** Default: KVM where it works. */
  readonly accelerator?: Accelerator;
  /**
   * The guest's path of a shared directory (`inGuest`) that becomes the root of the guest's programs. What they write to it is kept in
   * memory. Default: a small root with busybox.
   */
  readonly root?: string;
  /** How many programs with pipes may run at once, up to 10. Default 6. */
  readonly processes?: number;
  /** How many programs on terminals may run at once, up to 6. Default 2. */
  readonly terminals?: number;
  /** How long the guest may take until it is up. Default 180,000. */
  readonly startTimeoutMs?: number;
  /** Gets the log of virtiofsd, and whether the machine is emulated. */
  readonly log?: Logger;
  /** Takes the machine's power when it is aborted. */
  readonly signal?: AbortSignal;
}

/** The options with their defaults, and what the machine is made of. */
export interface MachineSettings extends Omit<QemuStart, "share"> {
  readonly startTimeoutMs: number;
  readonly log: Logger | undefined;
  readonly signal: AbortSignal | undefined;
  readonly root: string | undefined;
}

const SIXTY_FOUR_GIB = 65_536;

/**
 * The options with their defaults.
 *
 * @throws {MachineError} if one cannot be, or this system lacks something.
 */
export function settingsOf(options: MachineStartOptions): MachineSettings {
  const { processes = 6, terminals = 2, memoryMiB = 512, cpus = 1, startTimeoutMs = 180_000 } = options;
  const { kernel, modules = [], log, signal, root } = options;
  check("processes", processes, { least: 1, most: 10 });
  check("terminals", terminals, { least: 0, most: 6 });
  check("memoryMiB", memoryMiB, { least: 64, most: SIXTY_FOUR_GIB });
  check("cpus", cpus, { least: 1, most: 64 });
  check("startTimeoutMs", startTimeoutMs, { least: 1, most: 2 ** 31 - 1 });
  const parts = findParts(kernel);
  const slots: Slots = { processes, terminals };
  const accelerator = options.accelerator ?? chosenAccelerator(log);
  const transport = transportOf(parts.kernel, accelerator);
  return {
    ...{ qemu: parts.qemu, kernel: parts.kernel, transport, accelerator, slots, memoryMiB, cpus },
    ...{ startTimeoutMs, log, signal, root },
    initramfs: initramfsOf({ ...parts, transport, modules, slots }),
  };
}

function check(name: string, value: number, { least, most }: { least: number; most: number }): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const reason = `${name} has to be a whole number from ${least} to ${most}`;
  throw new MachineError("start a machine", `${reason}, and is ${String(value)}`);
}

function chosenAccelerator(log: Logger | undefined): Accelerator {
  const { accelerator, why } = findAccelerator();
  if (why !== undefined) tell(log, { accelerator, why }, "the machine is emulated, which is slow");
  return accelerator;
}
