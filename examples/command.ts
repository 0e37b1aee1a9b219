import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Where the command is in this checkout, once it is built. */
export const command: string = fileURLToPath(new URL("../doors/guestshare.js", import.meta.url));

/**
 * Shows a call of the command in a directory, and has it print for itself.
 *
 * @throws {Error} where the command fails.
 */
export function show(cwd: string, ...words: readonly string[]): void {
  console.log(`\n$ guestshare ${words.join(" ")}`);
  const { status } = spawnSync(process.execPath, [command, ...words], {
    ...{ cwd, stdio: ["ignore", "inherit", process.stdout] },
  });
  if (status !== 0) throw new Error(`Cannot go on: guestshare ended with ${status}`);
}

/** What a call of the command prints as JSON. */
export function jsonOf<Value>(cwd: string, ...words: readonly string[]): Value {
  return JSON.parse(execFileSync(process.execPath, [command, ...words], { cwd, encoding: "utf8" }));
}
