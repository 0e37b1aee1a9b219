import { readFileSync } from "node:fs";
import process from "node:process";

/** Whether this process is root of the machine: an ordinary user may be root of a user namespace of his own. */
export function isMachineRoot(): boolean {
  if (process.geteuid?.() !== 0) return false;
  const [, outside, count] = readFileSync("/proc/self/uid_map", "latin1").trim().split(/\s+/);
  return outside === "0" && count === "4294967295";
}
