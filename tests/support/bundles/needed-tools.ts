import { existsSync } from "node:fs";
import { isMachineRoot } from "../namespace.ts";
import { findTool } from "../runner/tools.ts";

// Debian's packages of programs that tests run.
const packages: Readonly<Record<string, string>> = {
  "mkfs.ext4": "e2fsprogs",
  "mkfs.xfs": "xfsprogs",
  "mkfs.erofs": "erofs-utils",
  losetup: "mount",
  runc: "runc",
  crun: "crun",
  podman: "podman",
  buildah: "buildah",
};

/** Why a test that runs these programs as root cannot run here, and what it would have shown; false where it can. */
export function lacking(programs: readonly string[], shows: string): string | false {
  const missing = programs.filter((program) => !findTool(program));
  if (missing.length > 0) {
    const names = missing.map((program) => packages[program] ?? program);
    return `${missing.join(", ")} not installed (apt-get install ${names.join(" ")}); ${shows}`;
  }
  if (!isMachineRoot) return `only root of the machine may do this; ${shows}`;
  const needsLoop = programs.includes("losetup");
  return needsLoop && !existsSync("/dev/loop-control") ? `there are no loop devices; ${shows}` : false;
}
