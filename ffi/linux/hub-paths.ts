import { Buffer } from "node:buffer";
import type { Machine } from "./machine.ts";
import { hubIn } from "./names.ts";
import { paced } from "./paced.ts";

// A share has one name, or its container's name and one more. What lies deeper is no share of ours.
const DEEPEST = 2;

/** The paths in the hub of a sandbox's directory at which something is mounted, whoever uses it. */
export async function pathsInHub({ sys, table }: Machine, directory: string): Promise<string[]> {
  const mounts = await paced(table.list());
  const point = hubIn(sys.using(sys.openPath(directory), (fd) => sys.pathOf(fd)));
  const hub = mounts.findLast((mount) => mount.point === point);
  if (!hub) return [];
  const shares = mounts.filter(({ parent }) => parent === hub.id);
  const paths = shares.map((share) => Buffer.from(share.point.slice(point.length + 1), "latin1").toString());
  return paths.filter((path) => path.split("/").length <= DEEPEST);
}
