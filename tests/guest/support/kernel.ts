import { existsSync, readdirSync, readFileSync } from "node:fs";
import { nameOf } from "./modules.ts";

/** The kernel that the guest runs. */
export interface Kernel {
  readonly image: string;
  /** The directory of its modules.dep. */
  readonly modules: string;
}

// A kernel for something else than machines of all kinds may lack some.
const filesystems = ["virtiofs", "overlay", "ext4", "xfs", "erofs"];

/**
 * The newest kernel below a root directory that has the filesystems of a guest, of those made for machines of a cloud if
 * there is one.
 */
export function findKernel(root = ""): Kernel | undefined {
  const names = existsSync(`${root}/boot`) ? readdirSync(`${root}/boot`) : [];
  const versions = names.flatMap((name) => /^vmlinuz-(.*-amd64)$/.exec(name)?.[1] ?? []);
  const kernels = versions.sort(bestFirst).map((version) => ({
    ...{ image: `${root}/boot/vmlinuz-${version}`, modules: `${root}/lib/modules/${version}` },
  }));
  return kernels.find(hasFilesystems);
}

function bestFirst(a: string, b: string): number {
  const isCloud = (version: string) => Number(version.includes("cloud"));
  return isCloud(b) - isCloud(a) || b.localeCompare(a, "en", { numeric: true });
}

// As modules, or built in.
function hasFilesystems({ modules }: Kernel): boolean {
  const lists = ["modules.dep", "modules.builtin"].map((name) => `${modules}/${name}`);
  if (!lists.every((list) => existsSync(list))) return false;
  const lines = lists.flatMap((list) => readFileSync(list, "utf8").split("\n"));
  const names = new Set(lines.map((line) => nameOf(line.split(":")[0] as string)));
  return filesystems.every((name) => names.has(name));
}

/** The program that unpacks this kernel's modules, and its package; none where they are as they are. */
export function unpackerOf({ modules }: Kernel): readonly [program: string, inPackage: string] | undefined {
  const list = readFileSync(`${modules}/modules.dep`, "utf8");
  if (/\.ko\.xz:/.test(list)) return ["xz", "xz-utils"];
  return /\.ko\.zst:/.test(list) ? ["zstd", "zstd"] : undefined;
}
