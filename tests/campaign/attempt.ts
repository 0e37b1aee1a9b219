import { spawnSync } from "node:child_process";

/** Runs a program. It may fail: what is not there cannot be changed. */
export function run([program = "", ...args]: readonly string[]): void {
  spawnSync(program, args, { stdio: "ignore" });
}

/** Changes something, or does nothing where the way there is gone, or read-only. */
export function attempt(change: () => unknown): void {
  try {
    change();
  } catch {
    // As said.
  }
}
