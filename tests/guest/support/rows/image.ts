import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import { findTool } from "../../../support/runner/tools.ts";
import type { Scratch } from "../../../support/scratch.ts";

const programs = [
  "cat",
  "chmod",
  "chown",
  "df",
  "dd",
  "env",
  "id",
  "kill",
  "ln",
  "ls",
  "mkdir",
  "mount",
  "ps",
];
const more = ["pwd", "rm", "sh", "sleep", "stat", "stty", "tail", "touch", "umount", "wc"];

/** A container's root: busybox, and directories to mount on; its path. */
export function image(scratch: Scratch, name: string, ...directories: readonly string[]): string {
  const root = scratch.directory(name);
  fillImage(root, ...directories);
  return root;
}

/** Makes such a root in a directory. */
export function fillImage(root: string, ...directories: readonly string[]): void {
  for (const path of ["bin", "dev", "etc", "proc", "sys", "tmp", ...directories])
    mkdirSync(`${root}/${path}`, { recursive: true });
  copyFileSync(findTool("busybox") as string, `${root}/bin/busybox`);
  for (const program of [...programs, ...more]) symlinkSync("busybox", `${root}/bin/${program}`);
}
