import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { versions } from "node:process";
import { mounts, mountsBelow } from "./mounts.ts";

/** What is in a directory, with what is mounted there: a line for each, "name type mode inode". */
export function treeOf(directory: string, name = "."): string[] {
  const stat = lstatSync(directory, { throwIfNoEntry: false });
  if (!stat) return [];
  const mode = (stat.mode & 0o7777).toString(8).padStart(4, "0");
  const line = `${name} ${typeOf(stat)} ${mode} ${stat.dev}:${stat.ino}`;
  if (!stat.isDirectory()) return [line];
  const children = readdirSync(directory).sort();
  return [line, ...children.flatMap((child) => treeOf(`${directory}/${child}`, `${name}/${child}`))];
}

function typeOf(stat: Stats): string {
  if (stat.isDirectory()) return "directory";
  if (stat.isFile()) return "file";
  if (stat.isSocket()) return "socket";
  if (stat.isSymbolicLink()) return "link";
  return "other";
}

/** The mount table with its ids, a line for each mount. */
export function mountTable(): string[] {
  return mounts().map(({ id, parent, root, point, options, propagation, type }) =>
    [id, parent, root, point, options, propagation, type].join(" "),
  );
}

/** Everything that an operation may change: mount table, directories, and this process's open descriptors. */
export interface State {
  readonly mounts: readonly string[];
  readonly tree: readonly string[];
  readonly descriptors: number;
}

/** The state as it is, `directory` being where sandboxes are. */
export function stateOf(directory: string): State {
  return { mounts: mountTable(), tree: treeOf(directory), descriptors: descriptors() };
}

/** How many files this process has open. Bun opens and closes some of its own at any time, which are no files of ours. */
export function descriptors(): number {
  if (!("bun" in versions)) return readdirSync("/proc/self/fd").length;
  return openFiles().filter((path) => !/^(?:socket|pipe|anon_inode):/.test(path)).length;
}

/** What this process's open descriptors lead to. */
export function openFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

/** What a state looks like without numbers that differ each time: to compare two ways to the same result. */
export function shapeOf(directory: string): string[] {
  const seen = mountsBelow(directory).map(
    ({ point, options, propagation, type }) =>
      `mount ${point.slice(directory.length)} ${options} ${propagation} ${type}`,
  );
  return [...seen, ...treeOf(directory).map((line) => line.replace(/ \d+:\d+$/, ""))];
}
