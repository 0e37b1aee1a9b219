import { dirname } from "node:path";
import process from "node:process";
import { loadSync, type Sandbox } from "../../mod.ts";
import { isMachineRoot } from "../namespace/machine-root.ts";
import { ownDirectory } from "./own-directory.ts";
import { SharesError } from "./shares-error.ts";

/**
 * The sandbox of an id: in the directory that is named, or the one that this user has: root's is /run/guestshare, and another user's is
 * "guestshare" in his $XDG_RUNTIME_DIR, or a directory of his own in /tmp.
 *
 * @throws {SharesError} "no-directory" for a user without one.
 */
export function sandboxOf(id: string, directory: string | undefined): Sandbox {
  const sandbox = { id, profile: "vm" } as const;
  if (directory !== undefined) return { ...sandbox, hostDir: directory };
  if (isMachineRoot()) return sandbox;
  const { XDG_RUNTIME_DIR: rootlessDir } = process.env;
  if (rootlessDir) return { ...sandbox, rootlessDir };
  const hostDir = ownDirectory();
  if (hostDir === undefined) throw new SharesError("no-directory", { id });
  return { ...sandbox, hostDir };
}

/** The directory that sandboxOf has a sandbox in; undefined for a user without one. */
export function hostDirOf(id: string, directory: string | undefined): string | undefined {
  try {
    const sandbox = sandboxOf(id, directory);
    return dirname(loadSync().plan({ op: "cleanup", sandbox }).directory);
  } catch (error) {
    if (error instanceof SharesError) return undefined;
    throw error;
  }
}
