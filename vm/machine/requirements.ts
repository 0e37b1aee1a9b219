import process from "node:process";
import { findProgram, findVirtiofsd, virtiofsdPackage } from "../virtiofsd/find-program.ts";
import { groupMapper, mustKeepGroups } from "../virtiofsd/supplementary-groups.ts";
import { isDynamic } from "./elf.ts";
import { findKernel, type Kernel, kernelOf, mayRead, unpackerOf } from "./kernel.ts";
import { MachineError } from "./machine-error.ts";

/** What a machine is made of. */
export interface Parts {
  readonly qemu: string;
  readonly busybox: string;
  readonly kernel: Kernel;
}

/** Something that is missing, and Debian's package that has it. */
export interface Lack {
  readonly what: string;
  readonly package: string;
}

/**
 * What this system has of what a machine takes, or what of it is missing.
 *
 * @throws {MachineError} if `kernel`, the path of an image, is none that may be read.
 */
export function findParts(kernel?: string): { readonly parts?: Parts; readonly lacks: readonly Lack[] } {
  const [qemu, setpriv, busybox] = ["qemu-system-x86_64", "setpriv", "busybox"].map(findProgram);
  if (kernel !== undefined && !mayRead(kernel))
    throw new MachineError(
      "start a machine",
      `no kernel at ${JSON.stringify(kernel)} may be read (name another file)`,
    );
  const found = kernel === undefined ? findKernel(["virtiofs", "virtio_console"]) : kernelOf(kernel);
  const virtiofsd = findVirtiofsd(process.env);
  const unpacker = found && unpackerOf(found);
  const rows: readonly [isThere: boolean, what: string, inPackage: string][] = [
    [qemu !== undefined, "qemu-system-x86_64", "qemu-system-x86"],
    [setpriv !== undefined, "setpriv", "util-linux"],
    [busybox !== undefined, "busybox", "busybox-static"],
    [!busybox || !isDynamic(busybox), "a busybox that needs no libraries", "busybox-static"],
    [virtiofsd !== undefined, "virtiofsd", virtiofsdPackage()],
    [!isQemus(virtiofsd) || !mustKeepGroups(), groupMapper, "uidmap"],
    [kernel !== undefined || found !== undefined, kernelWords, "linux-image-cloud-amd64"],
    [!unpacker || findProgram(unpacker[0]) !== undefined, unpacker?.[0] ?? "", unpacker?.[1] ?? ""],
  ];
  const lacks = rows.flatMap(([isThere, what, inPackage]) => (isThere ? [] : [{ what, package: inPackage }]));
  if (lacks.length > 0) return { lacks };
  return { lacks, parts: { qemu, busybox, kernel: found } as Parts };
}

// Another one that says so by itself is told when it ends.
function isQemus(virtiofsd: string | undefined): boolean {
  return virtiofsd?.startsWith("/usr/lib/qemu/") ?? false;
}

const kernelWords = "a kernel in /boot that this user may read, with virtiofs and virtio_console,";
