import { EINVAL } from "./errno.ts";
import { SyscallError } from "./syscall-error.ts";

// What things in a sandbox's directory are called. The core writes these names into plans; here they are known again.

/** Where shares are mounted, in the sandbox's directory. */
export const HUB = "mounts";

/** What the guest sees of the hub, beside it. */
export const VIEW = "shared";

/** Who uses the shares of several containers, in the hub. */
export const USERS = ".users";

/** The directory in the hub of a sandbox that lives as long as the process that prepared it. */
export const MACHINE = ".machine";

/** The path of the hub in a sandbox's directory. */
export function hubIn(directory: string): string {
  return `${directory}/${HUB}`;
}

/**
 * The names on the way from a sandbox's directory to a path in it; none for the directory itself.
 *
 * @throws {SyscallError} EINVAL for any other path.
 */
export function namesBelow(directory: string, path: string): string[] {
  if (path === directory) return [];
  const names = path.startsWith(`${directory}/`) ? path.slice(directory.length + 1).split("/") : [""];
  if (names.every((name) => name !== "" && name !== "." && name !== "..")) return names;
  throw new SyscallError("path", EINVAL, `${JSON.stringify(path)} is not in the sandbox's directory`);
}

/** Whether a path is of something in the hub of a sandbox's directory. */
export function isInHub(directory: string, path: string): boolean {
  return path.startsWith(`${hubIn(directory)}/`);
}

/** Whether a share has a name that containers of the sandbox have together; a container's own share cannot have it. */
export function isSharedName(name: string): boolean {
  return /^sandbox-[0-9a-f]{16}-/.test(name);
}

/** A name in an open directory. */
export interface Place {
  readonly directory: number;
  readonly name: string;
}
