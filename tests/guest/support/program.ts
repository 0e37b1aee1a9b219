import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Entry } from "../../../vm/machine/cpio.ts";

/** A program of this machine as files of a guest: in /usr/bin, and the libraries that it needs where its loader looks. */
export function programOf(program: string): Entry[] {
  const libraries = execFileSync("ldd", [program], { encoding: "utf8" }).match(/\/\S+(?= \()/g) ?? [];
  const paths = [...libraries, `/usr/bin/${basename(program)}`];
  const directories = new Set(paths.flatMap((path) => above(path)));
  return [
    ...[...directories].sort().map((path) => ({ path: path.slice(1), mode: 0o755 })),
    ...libraries.map((path) => entryOf(path, path)),
    entryOf(`/usr/bin/${basename(program)}`, program),
  ];
}

function entryOf(path: string, source: string): Entry {
  return { path: path.slice(1), mode: 0o755, bytes: readFileSync(realpathSync(source)) };
}

/** The directories above a path, the uppermost first. */
function above(path: string): string[] {
  const parent = dirname(path);
  return parent === "/" ? [] : [...above(parent), parent];
}
