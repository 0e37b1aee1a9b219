import { posix } from "node:path";
import type { MountCase } from "./mount-case.ts";
import type { HostPath } from "./question.ts";

// The root, a directory to go through, and what a mountInfo.json names.
const always: readonly HostPath[] = [
  { path: "/mnt/root", kind: "directory" },
  { path: "/mnt/x", kind: "directory" },
  { path: "/mnt/disks/file", kind: "file" },
  { path: "/mnt/disks/block", kind: "block" },
];

/**
 * What the host has for these mounts, and for a root filesystem: of two that say something of one path the first is right.
 * Directories come before what is in them.
 */
export function hostOf(cases: readonly MountCase[], root: readonly HostPath[]): HostPath[] {
  const all = [...always, ...root, ...cases.flatMap(hostPathOf)];
  const byPath = new Map(all.toReversed().map((one) => [one.path, one]));
  return [...byPath.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

function hostPathOf({ mount: { source = "" }, host }: MountCase): HostPath[] {
  if (!host) return [];
  const up = source.indexOf("/v/..");
  // Nothing is mounted on what "v/.." leads to: it would hide "v".
  if (up >= 0)
    return [{ path: clean(source.slice(0, up + 2)), kind: "directory", files: 0, isMountPoint: false }];
  return [{ path: clean(source), ...host }];
}

/** A path as its text means it. */
export function clean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}
