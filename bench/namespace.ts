import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * Runs a program of this directory in a mount namespace of its own (for an ordinary user also in a user namespace), with an empty
 * directory and `args` as its arguments. Gives how it ended.
 */
export function enterNamespace(name: string, args: readonly string[]): number {
  const program = fileURLToPath(new URL(`${name}.js`, import.meta.url));
  const namespaces = process.getuid?.() === 0 ? ["-m"] : ["-r", "-m"];
  const directory = mkdtempSync(`${tmpdir()}/bench-`);
  try {
    const command = [
      ...namespaces,
      "--propagation",
      "private",
      process.execPath,
      program,
      directory,
      ...args,
    ];
    const { error, status } = spawnSync("unshare", command, { stdio: "inherit" });
    if (error)
      throw new Error(`Cannot run unshare: ${error.message}; it comes with util-linux, and this takes Linux`);
    return status ?? 1;
  } finally {
    rmdirSync(directory); // what was mounted on it went with the namespace
  }
}
