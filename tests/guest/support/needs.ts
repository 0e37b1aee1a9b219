import { existsSync, readdirSync } from "node:fs";
import { env, getuid } from "node:process";
import { findTool, isExecutable } from "../../support/runner/tools.ts";

/** The kernel that the guest runs. */
export interface Kernel {
  readonly image: string;
  /** The directory of its modules.dep. */
  readonly modules: string;
}

/** Debian's packages of what a guest is made of. */
export const packages: readonly string[] = [
  ...[
    "qemu-system-x86",
    "qemu-system-common",
    "linux-image-cloud-amd64",
    "busybox-static",
    "gcc",
    "libc6-dev",
  ],
];

const tools = [
  ...["qemu-system-x86_64", "gcc", "busybox", "unshare", "losetup"],
  ...["mkfs.ext4", "mkfs.xfs", "mkfs.erofs"],
];

// The one written in Rust, of newer releases, and QEMU's own.
const virtiofsds = ["/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd"];

/** The virtiofsd of GUESTSHARE_VIRTIOFSD, or one that is installed. */
export function findVirtiofsd(): string | undefined {
  const chosen = env.GUESTSHARE_VIRTIOFSD ?? "";
  return (chosen === "" ? virtiofsds : [chosen]).find(isExecutable);
}

/** The newest kernel that has the modules for a guest, of those made for machines of a cloud if there is one. */
export function findKernel(): Kernel | undefined {
  const names = existsSync("/boot") ? readdirSync("/boot") : [];
  const versions = names.flatMap((name) => /^vmlinuz-(.*-amd64)$/.exec(name)?.[1] ?? []);
  const kernels = versions.sort(bestFirst).map((version) => ({
    ...{ image: `/boot/vmlinuz-${version}`, modules: `/lib/modules/${version}` },
  }));
  return kernels.find(({ modules }) => existsSync(`${modules}/modules.dep`));
}

function bestFirst(a: string, b: string): number {
  const isCloud = (version: string) => Number(version.includes("cloud"));
  return isCloud(b) - isCloud(a) || b.localeCompare(a, "en", { numeric: true });
}

/** What is missing to boot a guest, and how to get it; empty where nothing is. */
export function missing(): string {
  if (getuid?.() !== 0) return "only root may mount what a guest is given";
  const lacking = [
    ...tools.filter((name) => !findTool(name)),
    ...(findVirtiofsd() ? [] : ["virtiofsd"]),
    ...(findKernel() ? [] : ["a kernel of Debian's in /boot, with its modules"]),
  ];
  if (lacking.length === 0) return "";
  return `${lacking.join(", ")} not installed (apt-get install ${packages.join(" ")})`;
}
