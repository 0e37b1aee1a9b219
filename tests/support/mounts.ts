import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A mount as /proc/self/mountinfo shows it. Read here in the plainest way, and not by the code under test. */
export interface SeenMount {
  readonly id: string;
  readonly parent: string;
  readonly root: string;
  readonly point: string;
  /** Such as "ro,nosuid,relatime". */
  readonly options: string;
  /** "shared", "master", "shared,master", "unbindable" or "private". */
  readonly propagation: string;
  readonly type: string;
  /** What the filesystem is of, such as "tmpfs". */
  readonly source: string;
}

/** All mounts of this namespace. */
export function mounts(): SeenMount[] {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [left = "", right = ""] = line.split(" - ");
    const [id = "", parent = "", , root = "", point = "", options = "", ...tags] = left.split(" ");
    const propagation = tags.map((tag) => tag.split(":")[0]).join(",") || "private";
    return {
      ...{ id, parent, root, options, propagation },
      point: withoutEscapes(point),
      type: right.split(" ")[0] ?? "",
      source: right.split(" ")[1] ?? "",
    };
  });
}

/** The mounts on a path and below it, in the order in which they were made. */
export function mountsBelow(path: string): SeenMount[] {
  return mounts().filter(({ point }) => point === path || point.startsWith(`${path}/`));
}

/** The topmost mount on a path. */
export function mountOn(path: string): SeenMount | undefined {
  return mounts().findLast(({ point }) => point === path);
}

function withoutEscapes(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** mount(8): `mount("-t", "tmpfs", "t", target)`. */
export function mount(...args: string[]): void {
  execFileSync("mount", args, { stdio: "pipe" });
}

/** The same; false where this machine or this user may not mount it. */
export function tryMount(...args: string[]): boolean {
  try {
    mount(...args);
    return true;
  } catch {
    return false;
  }
}

/** A tmpfs on a directory; `options` as in mount(8). */
export function mountTmpfs(target: string, options = "mode=0755"): void {
  mount("-t", "tmpfs", "-o", options, "test", target);
}

/** Detaches the mount on a path. */
export function unmount(target: string): void {
  execFileSync("umount", ["-n", "-l", target], { stdio: "pipe" });
}
