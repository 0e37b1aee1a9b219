import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { findKernel, type Kernel, kernelOf, mayRead, unpackerOf } from "./kernel.ts";

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

/** What this system has of what a machine takes, or what of it is missing. `kernel` is the path of an image. */
export function findParts(kernel?: string): { readonly parts?: Parts; readonly lacks: readonly Lack[] } {
  const [qemu, setpriv, busybox] = ["qemu-system-x86_64", "setpriv", "busybox"].map(findProgram);
  const found = kernel === undefined ? findKernel(["virtiofs", "virtio_console"]) : kernelOf(kernel);
  const unpacker = found && unpackerOf(found);
  const rows: readonly [isThere: boolean, what: string, inPackage: string][] = [
    [qemu !== undefined, "qemu-system-x86_64", "qemu-system-x86"],
    [setpriv !== undefined, "setpriv", "util-linux"],
    [busybox !== undefined, "busybox", "busybox-static"],
    [!busybox || !isDynamic(busybox), "a busybox that needs no libraries", "busybox-static"],
    [found !== undefined && mayRead(found.image), kernelWords(kernel), "linux-image-cloud-amd64"],
    [!unpacker || findProgram(unpacker[0]) !== undefined, unpacker?.[0] ?? "", unpacker?.[1] ?? ""],
  ];
  const lacks = rows.flatMap(([isThere, what, inPackage]) => (isThere ? [] : [{ what, package: inPackage }]));
  if (lacks.length > 0) return { lacks };
  return { lacks, parts: { qemu, busybox, kernel: found } as Parts };
}

function kernelWords(named: string | undefined): string {
  if (named !== undefined) return `a kernel at ${JSON.stringify(named)} that this user may read`;
  return "a kernel in /boot that this user may read, with virtiofs and virtio_console";
}

/** Where a program is in PATH. */
function findProgram(name: string): string | undefined {
  const directories = (process.env.PATH ?? "").split(delimiter).filter((each) => each.startsWith("/"));
  return [...directories, "/usr/sbin", "/sbin"].map((each) => join(each, name)).find(mayRun);
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const PT_INTERP = 3;

// Whether its ELF headers name a loader, which the guest has not.
function isDynamic(program: string): boolean {
  const elf = readFileSync(program);
  const headers = Number(elf.readBigUInt64LE(32));
  const [size, count] = [elf.readUInt16LE(54), elf.readUInt16LE(56)];
  return Array.from({ length: count }, (_, at) => elf.readUInt32LE(headers + at * size)).includes(PT_INTERP);
}
