import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { execPath } from "node:process";
import { findVirtiofsd } from "../../../vm/mod.ts";
import { packageRoot } from "../package-root.ts";
import { denoPath } from "./tools.ts";

/**
 * A command with its temporary files in memory, in a mount namespace: they go with it, however it ends, and thousands of small
 * ones take half the processor time that they take a disk's filesystem. They stay where they are if that would hide what runs there.
 */
export function withTemporary(command: readonly string[]): string[] {
  const needed = [packageRoot, execPath, denoPath(), findVirtiofsd(process.env)];
  const directory = [tmpdir(), "/mnt"].find(
    (place) => existsSync(place) && !needed.some((path) => path?.startsWith(`${place}/`)),
  );
  if (directory === undefined) return [...command];
  const script = 'mount -t tmpfs -o mode=1777 temporary "$TMPDIR" && exec "$@"';
  return ["env", `TMPDIR=${directory}`, "sh", "-c", script, "sh", ...command];
}
