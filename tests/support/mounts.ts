import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Argument, CallName } from "../../ffi/linux/calls.ts";
import {
  AT_FDCWD,
  FSCONFIG_CMD_CREATE,
  FSCONFIG_SET_STRING,
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
  MNT_DETACH,
  MOVE_MOUNT_F_EMPTY_PATH,
} from "../../ffi/linux/constants.ts";
import { openLibc } from "../../ffi/linux/open-libc.ts";

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
export function mountTmpfs(target: string, options?: string): void {
  if (options !== undefined) {
    mount("-t", "tmpfs", "-o", options, "test", target);
    return;
  }
  // By calls: each test does it, and starting a program takes a process of this size a hundred times as long.
  const filesystem = done("fsopen", target, bytesOf("tmpfs"), FSOPEN_CLOEXEC);
  for (const [key, value] of Object.entries({ source: "test", mode: "0755" }))
    done("fsconfig", target, filesystem, FSCONFIG_SET_STRING, bytesOf(key), bytesOf(value), 0);
  done("fsconfig", target, filesystem, FSCONFIG_CMD_CREATE, null, null, 0);
  const made = done("fsmount", target, filesystem, FSMOUNT_CLOEXEC, 0);
  const flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS;
  done("move_mount", target, made, bytesOf(""), AT_FDCWD, bytesOf(target), flags);
  for (const descriptor of [filesystem, made]) done("close", target, descriptor);
}

/** Detaches the mount on a path. */
export function unmount(target: string): void {
  done("umount2", target, bytesOf(target), MNT_DETACH);
}

const libc = await openLibc();
const MOVE_MOUNT_T_SYMLINKS = 0x10;

const bytesOf = (text: string) => new TextEncoder().encode(`${text}\0`);

function done(name: CallName, path: string, ...args: Argument[]): number {
  const result = libc.call(name, ...(args as [Argument?, Argument?, Argument?, Argument?, Argument?]));
  if (result < 0) throw new Error(`Cannot do ${name} for ${JSON.stringify(path)}: errno ${-result}`);
  return result;
}
