import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { arch } from "node:process";

/** Where a program is in PATH. */
export function findTool(name: string): string | undefined {
  const directories = (process.env.PATH ?? "").split(delimiter);
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

/** The `deno` of the npm package, itself and not the script that starts it; else one in PATH. */
export function denoPath(): string | undefined {
  const name = `@deno/linux-${arch === "arm64" ? "arm64" : "x64"}-glibc`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const path = join(dirname(manifest), "deno");
    if (isExecutable(path)) return path;
  } catch {
    // Not installed, or not for this machine.
  }
  return findTool("deno");
}

/** Whether a path leads to a program that may be run. */
export function isExecutable(path: string): boolean {
  return mayUse(path, constants.X_OK);
}

/** Whether this process may use a file in a way: one of access(2)'s. */
export function mayUse(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
