import { Buffer } from "node:buffer";
import { readFileSync, realpathSync } from "node:fs";
import { parseMountinfo } from "./mountinfo.ts";

// A share is called by one name, or by its container's and one more. What lies deeper is no share of ours.
const DEEPEST = 2;

/** The shares in the hub of a sandbox's directory, by their paths in the hub. */
export function sharesIn(directory: string): string[] {
  const mounts = parseMountinfo(readFileSync("/proc/self/mountinfo", "latin1"));
  const point = `${Buffer.from(realpathSync(directory)).toString("latin1")}/mounts`;
  const hub = mounts.findLast((mount) => mount.point === point);
  if (!hub) return [];
  const shares = mounts.filter(({ parent }) => parent === hub.id);
  const names = shares.map((share) => Buffer.from(share.point.slice(point.length + 1), "latin1").toString());
  return names.filter((name) => name.split("/").length <= DEEPEST);
}
