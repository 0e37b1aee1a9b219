import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Accelerator } from "./accelerator.ts";
import { nameOf } from "./modules.ts";

/** The kernel that the guest runs. */
export interface Kernel {
  readonly image: string;
  /** The directory of its modules.dep; a kernel that has all built in may be without one. */
  readonly modules?: string;
}

/**
 * The newest kernel below a root directory that has these filesystems, of those made for machines of a cloud if there is one. A
 * kernel for something else than machines of all kinds may lack some.
 */
export function findKernel(filesystems: readonly string[], root = ""): Kernel | undefined {
  const names = existsSync(`${root}/boot`) ? readdirSync(`${root}/boot`) : [];
  const versions = names.flatMap((name) => /^vmlinuz-(.+)$/.exec(name)?.[1] ?? []);
  const kernels = versions.sort(bestFirst).map((version) => ({
    ...{ image: `${root}/boot/vmlinuz-${version}`, modules: `${root}/lib/modules/${version}` },
  }));
  return kernels.find((kernel) => mayRead(kernel.image) && hasModules(kernel, filesystems));
}

/** The kernel of an image that somebody names. Its modules are found by its name; without one, it needs none. */
export function kernelOf(image: string): Kernel {
  const [, version] = /^vmlinuz-(.+)$/.exec(basename(image)) ?? [];
  const modules = `/lib/modules/${version}`;
  return version !== undefined && existsSync(`${modules}/modules.dep`) ? { image, modules } : { image };
}

/** Whether this process may read a file. */
export function mayRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function bestFirst(a: string, b: string): number {
  const isCloud = (version: string) => Number(version.includes("cloud"));
  return isCloud(b) - isCloud(a) || b.localeCompare(a, "en", { numeric: true });
}

/** How a kernel finds its devices. */
export type Transport = "mmio" | "pci";

/**
 * By virtio-mmio if the kernel can, and has KVM: such a machine is up in four fifths of the time. Its only timer is the processor's,
 * whose speed an emulated kernel measures for a tenth of a second. A host that has no time for it then leaves the guest without
 * any, where each sleep is for ever. With PCI there are other timers: to check that one, and to take its place.
 */
export function transportOf(kernel: Kernel, accelerator: Accelerator): Transport {
  return accelerator === "kvm" && hasModules(kernel, ["virtio_mmio"]) ? "mmio" : "pci";
}

/** Whether a kernel has all these, as modules or built in. One whose modules nobody knows has none. */
export function hasModules({ modules = "" }: Kernel, wanted: readonly string[]): boolean {
  const lists = ["modules.dep", "modules.builtin"].map((name) => `${modules}/${name}`);
  if (!lists.every((list) => existsSync(list))) return false;
  const lines = lists.flatMap((list) => readFileSync(list, "utf8").split("\n"));
  const names = new Set(lines.map((line) => nameOf(line.split(":")[0] as string)));
  return wanted.every((name) => names.has(name));
}

/** The program that unpacks this kernel's modules, and its package; none where they are as they are. */
export function unpackerOf({ modules }: Kernel): readonly [program: string, inPackage: string] | undefined {
  if (modules === undefined) return undefined;
  const list = readFileSync(`${modules}/modules.dep`, "utf8");
  if (/\.ko\.xz:/.test(list)) return ["xz", "xz-utils"];
  return /\.ko\.zst:/.test(list) ? ["zstd", "zstd"] : undefined;
}
