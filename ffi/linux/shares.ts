import { Buffer } from "node:buffer";
import { readFileSync, realpathSync } from "node:fs";
import { parseMountinfo } from "./mountinfo.ts";

/** The shares in the hub of a sandbox's directory, by their paths in the hub. */
export function sharesIn(directory: string): string[] {
  const mounts = parseMountinfo(readFileSync("/proc/self/mountinfo", "latin1"));
  const point = `${Buffer.from(realpathSync(directory)).toString("latin1")}/mounts`;
  const hub = mounts.findLast((mount) => mount.point === point);
  if (!hub) return [];
  const shares = mounts.filter(({ parent }) => parent === hub.id);
  return shares.map((share) => Buffer.from(share.point.slice(point.length + 1), "latin1").toString());
}
