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
