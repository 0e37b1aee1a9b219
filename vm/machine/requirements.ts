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

/**
 * What this system has of what a machine takes.
 *
 * @throws {MachineError} that names what is missing, and Debian's packages that have it; and if `kernel`, the path of an image, is none
 *   that may be read.
 */
export function findParts(kernel?: string): Parts {
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
  const lacks = rows.filter(([isThere]) => !isThere);
  if (lacks.length === 0) return { qemu, busybox, kernel: found } as Parts;
  const whats = lacks.map(([, what]) => what).join(", ");
  const packages = [...new Set(lacks.map(([, , inPackage]) => inPackage))].join(" ");
  throw new MachineError("start a machine", `${whats} missing (apt-get install ${packages})`);
}

// Another one that says so by itself is told when it ends.
function isQemus(virtiofsd: string | undefined): boolean {
  return virtiofsd?.startsWith("/usr/lib/qemu/") ?? false;
}

const kernelWords = "a kernel in /boot that this user may read, with virtiofs and virtio_console,";
