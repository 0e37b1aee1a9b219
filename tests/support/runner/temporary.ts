import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { execPath } from "node:process";
import { findVirtiofsd } from "../../../vm/mod.ts";
import { packageRoot } from "../package-root.ts";
import { denoPath } from "./tools.ts";

/**
 * A line of the shell that has a namespace keep its temporary files in memory: they go with it, however it ends, and thousands of
 * small ones take half the processor time that they take a disk's filesystem. It does nothing where that would hide what runs there.
 */
export function mountTemporary(): string {
  const needed = [packageRoot, execPath, denoPath(), findVirtiofsd(process.env)];
  const directory = [tmpdir(), "/mnt"].find(
    (place) => existsSync(place) && !needed.some((path) => path?.startsWith(`${place}/`)),
  );
  if (directory === undefined) return "true";
  const quoted = `'${directory.replaceAll("'", "'\\''")}'`;
  return `mount -t tmpfs -o mode=1777 temporary ${quoted} && export TMPDIR=${quoted}`;
}

/** The same for a command. */
export function withTemporary(command: readonly string[]): string[] {
  return ["sh", "-c", `${mountTemporary()} && exec "$@"`, "sh", ...command];
}
