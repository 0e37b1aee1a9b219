import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { execPath } from "node:process";
import { packageRoot } from "../package-root.ts";
import { denoPath } from "./tools.ts";

/**
 * A line of the shell that mounts a place of its own for temporary files in a namespace: they go with it, however it ends.
 * It does nothing where that would hide what runs there, of which `programs` are more.
 */
export function mountTemporary(programs: readonly (string | undefined)[]): string {
  const needed = [packageRoot, execPath, denoPath(), ...programs];
  const directory = tmpdir();
  if (needed.some((path) => path?.startsWith(`${directory}/`))) return "true";
  return `mount -t tmpfs -o mode=1777 temporary '${directory.replaceAll("'", "'\\''")}'`;
}

const shared = "/dev/shm";

/**
 * What makes memory the place for the temporary files of a part: what tests do with thousands of small files takes a disk's
 * filesystem twice the processor time. Nothing where there is no such place, or no program could be run there.
 */
export function inMemory(): { readonly TMPDIR?: string } {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const [, , type, options = ""] = mounts.findLast((line) => line.split(" ")[1] === shared)?.split(" ") ?? [];
  const mayUse = type === "tmpfs" && options.startsWith("rw") && !options.split(",").includes("noexec");
  return mayUse ? { TMPDIR: shared } : {};
}
