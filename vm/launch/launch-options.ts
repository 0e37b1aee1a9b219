import type { BlockDrive } from "../../mod.ts";
import { absolutePath, checkNames, count, flag, oneOf, socketPath, tag, text } from "./fields.ts";
import { LaunchError } from "./launch-error.ts";

/** A machine to start, for each program that starts one. */
export interface MachineOptions {
  /** The virtio-fs device; without it the machine shares nothing. */
  readonly share?: SharedDevice;
  /** Its memory, in MiB. Default 512. */
  readonly memoryMiB?: number;
  /** Its processors. Default 1. */
  readonly cpus?: number;
  /** The kernel's file. */
  readonly kernel?: string;
  /** The initial RAM filesystem's file. */
  readonly initramfs?: string;
  /** The kernel's command line, a word each. */
  readonly commandLine?: readonly string[];
  /** Files of the host that the guest has as disks, at the addresses that the plan's storages name. */
  readonly disks?: readonly MachineDisk[];
}

/** A virtio-fs device: its virtiofsd, and its name in the guest. */
export interface SharedDevice {
  /** virtiofsd's socket. */
  readonly socket: string;
  /** What the guest mounts: `mount -t virtiofs TAG …`. At most 36 bytes. */
  readonly tag: string;
  /** How many requests wait at most: a power of two. Default 1024. */
  readonly queueSize?: number;
}

/** A file that a guest has as a disk, and where. */
export interface MachineDisk {
  /** The file. */
  readonly file: string;
  /** Its address, as a mount or a container's `blockDrive` has it. */
  readonly at: BlockDrive;
  /** What the file holds; never guessed, since a guest could write another format's header. Default "raw". */
  readonly format?: "raw" | "qcow2";
  /** Whether the guest may not write to it. Default false. */
  readonly readOnly?: boolean;
  /** The file's size, which a pmem device (`nvdimmId`) needs. */
  readonly sizeBytes?: number;
}

/** The options with their defaults. */
export interface CheckedMachine extends MachineOptions {
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly commandLine: readonly string[];
  readonly disks: readonly MachineDisk[];
}

const machineNames = ["share", "memoryMiB", "cpus", "kernel", "initramfs", "commandLine", "disks"];
const diskNames = ["file", "at", "format", "readOnly", "sizeBytes"];

/**
 * The options with their defaults.
 *
 * @throws {LaunchError} for a field that cannot be.
 */
export function checkedMachine(options: MachineOptions, more: readonly string[] = []): CheckedMachine {
  checkNames(options, [...machineNames, ...more], "");
  const { share, memoryMiB = 512, cpus = 1, kernel, initramfs, commandLine = [], disks = [] } = options;
  if (share !== undefined) checkShare(share);
  for (const [name, path] of Object.entries({ kernel, initramfs }))
    if (path !== undefined) absolutePath(path, name);
  if (initramfs !== undefined && kernel === undefined)
    throw new LaunchError("initramfs", initramfs, "needs a kernel beside it");
  if (!Array.isArray(disks)) throw new LaunchError("disks", disks, "has to be a list");
  for (const [index, disk] of disks.entries()) checkDisk(disk, `disks[${index}]`);
  return {
    ...options,
    memoryMiB: count(memoryMiB, "memoryMiB", { least: 16, most: 16_777_216 }),
    cpus: count(cpus, "cpus", { least: 1, most: 1024 }),
    commandLine: checkCommandLine(commandLine, kernel),
    disks,
  };
}

function checkShare(share: SharedDevice): void {
  checkNames(share, ["socket", "tag", "queueSize"], "share");
  socketPath(share.socket, "share.socket");
  tag(share.tag, "share.tag");
  const { queueSize = 1024 } = share;
  count(queueSize, "share.queueSize", { least: 2, most: 1024 });
  if ((queueSize & (queueSize - 1)) !== 0)
    throw new LaunchError("share.queueSize", queueSize, "has to be a power of two");
}

// The kernel splits its command line at spaces, and quotes with '"' (lib/cmdline.c); x86 has 2048 bytes for it.
const LONGEST_COMMAND_LINE = 2047;

function checkCommandLine(words: readonly string[], kernel: string | undefined): readonly string[] {
  if (!Array.isArray(words)) throw new LaunchError("commandLine", words, "has to be a list of words");
  for (const [index, word] of words.entries()) {
    const path = `commandLine[${index}]`;
    if (text(word, path) === "" || /[\s"\p{Cc}]/u.test(word))
      throw new LaunchError(path, word, "has to be one word, without spaces and quotes");
  }
  const line = words.join(" ");
  if (new TextEncoder().encode(line).length > LONGEST_COMMAND_LINE)
    throw new LaunchError("commandLine", line, `has to be at most ${LONGEST_COMMAND_LINE} bytes long`);
  if (line !== "" && kernel === undefined)
    throw new LaunchError("commandLine", line, "needs a kernel beside it");
  return words;
}

function checkDisk(disk: MachineDisk, path: string): void {
  checkNames(disk, diskNames, path);
  const { file, at, format = "raw", readOnly = false, sizeBytes } = disk;
  absolutePath(file, `${path}.file`);
  if (typeof at !== "object" || at === null) throw new LaunchError(`${path}.at`, at, "has to be an object");
  oneOf(format, `${path}.format`, ["raw", "qcow2"]);
  flag(readOnly, `${path}.readOnly`);
  if (sizeBytes !== undefined)
    count(sizeBytes, `${path}.sizeBytes`, { least: 1, most: Number.MAX_SAFE_INTEGER });
}
