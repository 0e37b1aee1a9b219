import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import type { CommonOptions } from "./command.ts";
import type { Io } from "./io.ts";
import { hostDirIn, machineHostDirs } from "./machine-dirs.ts";
import { escaped } from "./print/escaped.ts";

/** The directory of sandboxes that the options name; undefined where they name none. */
export function namedHostDir(io: Io, { hostDir }: CommonOptions): string | undefined {
  return hostDir === undefined ? undefined : resolve(io.cwd, hostDir);
}

/** The directory of sandboxes where nobody names another: Kata's. */
export function defaultHostDir(): string {
  return hostDirIn({ id: "s1" });
}

/** The directories of sandboxes that the options name, or Kata's and those of machines, which are said. */
export function hostDirsOf(io: Io, options: CommonOptions): readonly string[] {
  const named = namedHostDir(io, options);
  if (named !== undefined) return [named];
  const hostDirs = [...[defaultHostDir()].filter(mayLook), ...machineHostDirs(io)];
  if (!options.quiet)
    io.stderr.write(`In ${escaped(hostDirs.join(" and "))} (--host-dir names another directory).\n`);
  return hostDirs;
}

// An ordinary user may not look at root's: nothing there is his. One that is not there is named all the same.
function mayLook(directory: string): boolean {
  try {
    readdirSync(directory);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EACCES";
  }
}

/** The directory of sandboxes that the options name, or Kata's, which is said. */
export function hostDirOf(io: Io, options: CommonOptions): string {
  const named = namedHostDir(io, options);
  if (named !== undefined) return named;
  const hostDir = defaultHostDir();
  if (!options.quiet) io.stderr.write(`In ${escaped(hostDir)} (--host-dir names another directory).\n`);
  return hostDir;
}
