import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { env, getuid } from "node:process";
import { isDynamic } from "../../../vm/machine/elf.ts";
import { findKernel, type Kernel, unpackerOf } from "../../../vm/machine/kernel.ts";
import { findVirtiofsd } from "../../../vm/mod.ts";
import { virtiofsdPackage } from "../../../vm/virtiofsd/find-program.ts";
import { findTool, isExecutable } from "../../support/runner/tools.ts";

/** Something that is missing, and Debian's package that has it. */
type Lack = readonly [what: string, inPackage: string];

const tools: readonly Lack[] = [
  ["qemu-system-x86_64", "qemu-system-x86"],
  ["gcc", "gcc"],
  ["busybox", "busybox-static"],
  ["unshare", "util-linux"],
  ["setpriv", "util-linux"],
  ["mount", "mount"],
  ["losetup", "mount"],
  ["mkfs.ext4", "e2fsprogs"],
  ["mkfs.xfs", "xfsprogs"],
  ["mkfs.erofs", "erofs-utils"],
];

/** The kernel of these tests' guests: disks have all these filesystems. */
export function findTestKernel(root = ""): Kernel | undefined {
  return findKernel(["virtiofs", "overlay", "ext4", "xfs", "erofs"], root);
}

/** What is missing to boot a guest, and how to get it; empty where nothing is. */
export function missing(): string {
  if (getuid?.() !== 0) return "only root may mount what a guest is given";
  const chosen = env.GUESTSHARE_VIRTIOFSD ?? "";
  if (chosen !== "" && !isExecutable(chosen)) return `GUESTSHARE_VIRTIOFSD is no program: "${chosen}"`;
  const lacks = [...tools.filter(([name]) => !findTool(name)), ...others()];
  if (lacks.length > 0) {
    const packages = new Set(lacks.map(([, inPackage]) => inPackage));
    return `${lacks.map(([what]) => what).join(", ")} not installed (apt-get install ${[...packages].join(" ")})`;
  }
  return existsSync("/dev/loop-control") ? "" : "there are no loop devices (modprobe loop)";
}

function others(): Lack[] {
  const kernel = findTestKernel();
  const unpacker = kernel && unpackerOf(kernel);
  const busybox = findTool("busybox");
  const lacks: (Lack | false | undefined)[] = [
    !findVirtiofsd(env) && ["virtiofsd", virtiofsdPackage()],
    !kernel && ["a kernel of Debian's in /boot, with the modules of a guest", "linux-image-cloud-amd64"],
    unpacker && !findTool(unpacker[0]) && unpacker,
    findTool("gcc") !== undefined && !hasStaticLibc() && ["a C library to link into a program", "libc6-dev"],
    busybox !== undefined && isDynamic(busybox) && ["a busybox that needs no libraries", "busybox-static"],
  ];
  return lacks.filter((lack) => lack !== false && lack !== undefined);
}

// gcc says a file's bare name where it has none.
function hasStaticLibc(): boolean {
  return isAbsolute(execFileSync("gcc", ["-print-file-name=libc.a"], { encoding: "utf8" }).trim());
}
