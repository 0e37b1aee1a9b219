import { spawnSync } from "node:child_process";

/** How long a program takes from its start to its end, in milliseconds. It has to succeed. */
export function wallOf([file = "", ...args]: readonly string[]): number {
  const start = performance.now();
  const { error, status, signal } = spawnSync(file, args, { stdio: ["ignore", "ignore", "inherit"] });
  const elapsed = performance.now() - start;
  if (error || status !== 0)
    throw new Error(`Cannot measure "${[file, ...args].join(" ")}": ${error?.message ?? signal ?? status}`);
  return elapsed;
}
