import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { CONFIGMAP_FILES, kindOf, sourceOf } from "./container.ts";

/** A tmpfs in the mount namespace of the benchmark, with files `sources/f0` and so on, and the sources of container.ts. */
export interface Room {
  readonly directory: string;
  readonly shares: number;
}

/**
 * Mounts a room on a directory. It is shared, as systemd makes all mounts of a host: without that the original's way
 * propagates nothing into its view.
 */
export function makeRoom(directory: string, shares: number): Room {
  must("mount", "-t", "tmpfs", "-o", "mode=0755", "bench", directory);
  must("mount", "--make-shared", directory);
  mkdirSync(`${directory}/sources`);
  mkdirSync(`${directory}/rootfs`);
  for (let i = 0; i < shares; i++) {
    writeFileSync(`${directory}/sources/f${i}`, `${i}\n`);
    makeSource(directory, i);
  }
  return { directory, shares };
}

// A file is there, and a tmpfs has no source.
function makeSource(directory: string, number: number): void {
  const kind = kindOf(number);
  const source = sourceOf(directory, number);
  if (kind === "file" || source === undefined) return;
  mkdirSync(source, { recursive: true });
  if (kind !== "configmap") return;
  for (let i = 0; i < CONFIGMAP_FILES; i++) writeFileSync(`${source}/${i}.json`, "{}\n");
}

/** Runs a program that has to succeed. */
export function must(file: string, ...args: string[]): void {
  const { error, status } = spawnSync(file, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (error || status !== 0)
    throw new Error(`Cannot run "${[file, ...args].join(" ")}": ${error?.message ?? `exit ${status}`}`);
}
