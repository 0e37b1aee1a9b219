import { lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { geteuid } from "node:process";
import { kindOf, SOCKET_NAME } from "../owner/names.ts";
import { type OwnerState, ownerOf } from "../owner/owner.ts";
import { qemuLockOf } from "../virtiofsd/lock.ts";

/** What a program left that was killed, together with the processes that would have removed it. */
export interface Leftover {
  /** The directory. */
  readonly path: string;
  /** Whether the process that made it lives; only what is dead is removed. */
  readonly state: OwnerState;
  /** The number that the process has or had. */
  readonly process: number;
  /** Whether it was removed. Of a dry run, false. */
  readonly isRemoved: boolean;
  /** Why it could not be removed. */
  readonly error?: unknown;
}

/** Where leftovers are looked for, and whether the dead go. */
export interface LeftoverOptions {
  /** Variables that say where this user's temporary files are: XDG_RUNTIME_DIR and TMPDIR. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether they are removed. Default false. */
  readonly remove?: boolean;
}

/**
 * What killed programs of this user left beside their shares, in $XDG_RUNTIME_DIR, /run and the directories for temporary files: the
 * directories of sockets and scratch space. Each name says which process made it. One is dead where that process has ended for certain;
 * nothing is touched of others, and nothing but what we make is deleted in it.
 *
 * @example
 * ```ts
 * import { env } from "node:process";
 * import { clearLeftovers } from "guestshare/vm";
 *
 * for (const { path, state } of clearLeftovers({ env })) console.log(path, state);
 * ```
 */
export function clearLeftovers({ env, remove = false }: LeftoverOptions): Leftover[] {
  const found = placesOf(env).flatMap((place) => namesIn(place).map((name) => join(place, name)));
  return found.sort().flatMap((path): Leftover[] => {
    const owner = kindOf(path) !== undefined && isOwnDirectory(path) ? ownerOf(path) : undefined;
    if (owner === undefined) return [];
    const { process, state } = owner;
    if (state !== "dead" || !remove) return [{ path, process, state, isRemoved: false }];
    try {
      clear(path);
      return [{ path, process, state, isRemoved: true }];
    } catch (error) {
      return [{ path, process, state, isRemoved: false, error }];
    }
  });
}

function placesOf({ XDG_RUNTIME_DIR = "", TMPDIR = "" }: LeftoverOptions["env"]): string[] {
  const named = [XDG_RUNTIME_DIR, TMPDIR, "/run", "/tmp"].filter((place) => place.startsWith("/"));
  return [...new Set(named.map((place) => join(place, ".")))];
}

function namesIn(place: string): string[] {
  try {
    return readdirSync(place);
  } catch {
    return []; // it is not there, or not for this user
  }
}

// In /tmp anybody may make such a name.
function isOwnDirectory(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === geteuid?.() && (found.mode & 0o022) === 0;
}

function clear(path: string): void {
  if (kindOf(path) === "socket") {
    const socket = join(path, SOCKET_NAME);
    for (const file of [qemuLockOf(socket), `${socket}.pid`, socket]) rmSync(file, { force: true });
  }
  rmdirSync(path);
}
