import { closeSync, constants, openSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { MachineError } from "./machine-error.ts";

// Neither runtime has the constant (open(2)).
const O_TMPFILE = 0o20200000;

/**
 * An open file that never has a name: nobody has to remove it.
 *
 * @throws {MachineError} where no directory can have one.
 */
export function openInitramfs(bytes: Buffer): { readonly fd: number; close(): void } {
  const fd = openUnnamed([tmpdir(), "/dev/shm", "/tmp"]);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { fd, close: () => closeSync(fd) };
}

function openUnnamed(directories: readonly string[]): number {
  const reasons: string[] = [];
  for (const directory of directories) {
    try {
      return openSync(directory, O_TMPFILE | constants.O_RDWR, 0o600);
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw new MachineError("start a machine", `no file without a name can be made: ${reasons.join("; ")}`);
}
