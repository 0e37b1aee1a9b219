import { readFileSync } from "node:fs";
import { type MountTable, readMountinfo } from "../../../table/mod.ts";

/** The mount table of this namespace, as it is now. */
export function kernelTable(): MountTable {
  const { mounts, refused } = readMountinfo(readFileSync("/proc/self/mountinfo"));
  if (refused.length > 0) throw new Error(`the kernel's own lines are refused: ${JSON.stringify(refused)}`);
  return mounts;
}
