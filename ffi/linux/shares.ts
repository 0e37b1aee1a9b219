import { Buffer } from "node:buffer";
import { realpathSync } from "node:fs";
import type { MountTable } from "./mount-table.ts";
import { hubIn } from "./names.ts";
import type { Work } from "./paced.ts";

// A share is called by one name, or by its container's and one more. What lies deeper is no share of ours.
const DEEPEST = 2;

/** The shares in the hub of a sandbox's directory, by their paths in the hub. */
export function* sharesIn(table: MountTable, directory: string): Work<string[]> {
  const mounts = yield* table.list();
  const point = hubIn(Buffer.from(realpathSync(directory)).toString("latin1"));
  const hub = mounts.findLast((mount) => mount.point === point);
  if (!hub) return [];
  const shares = mounts.filter(({ parent }) => parent === hub.id);
  const names = shares.map((share) => Buffer.from(share.point.slice(point.length + 1), "latin1").toString());
  return names.filter((name) => name.split("/").length <= DEEPEST);
}
