import { readFileSync } from "node:fs";

/** All mounts of this namespace, a line for each. */
export function mountTable(): string {
  return readFileSync("/proc/self/mountinfo", "utf8");
}
