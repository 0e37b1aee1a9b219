import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { packageRoot } from "../support/package-root.ts";
import type { TestNode } from "./node.ts";

/** Where the runtimes of Kata have their sandboxes. */
export const DIRECTORY = "/run/kata-containers/shared/sandboxes";

/** Has the command work in containerd's namespaces, as a runtime does. */
function guestshare(node: TestNode, ...words: string[]): void {
  const [program, ...args] = node.inside(execPath, join(packageRoot, "dist/cli/bin.js"), ...words);
  execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
}

/** Prepares a sandbox with a share. */
export function prepared(node: TestNode, id: string): void {
  guestshare(node, "apply", "--id", id, "--quiet");
  guestshare(node, "share", "--id", id, "--quiet", "/etc/hostname:/etc/hostname:ro");
}

/** Cleans all sandboxes up that there are. */
export function cleanUp(node: TestNode): void {
  const directory = `/proc/${node.pid}/root${DIRECTORY}`;
  for (const id of existsSync(directory) ? readdirSync(directory) : [])
    guestshare(node, "cleanup", "--id", id, "--quiet");
}

/** The mount points of a sandbox, as containerd has them. */
export function mountsOf(node: TestNode, id: string): string[] {
  const points = node.mounts().map((line) => line.split(" ")[4] ?? "");
  return points.filter((point) => point.startsWith(`${DIRECTORY}/${id}/`));
}

/** Unmounts a share of a sandbox, as somebody does who does not know of it. */
export function plantDrift(node: TestNode, id: string): void {
  const share = mountsOf(node, id).find((point) => point.startsWith(`${DIRECTORY}/${id}/mounts/`)) ?? "";
  const [program, ...args] = node.inside("umount", share);
  execFileSync(program, args);
}
