import { Buffer } from "node:buffer";
import { S_IFDIR, S_IFREG } from "../linux/constants.ts";
import { EBUSY, EINVAL, ENAMETOOLONG } from "../linux/errno.ts";
import { SyscallError, unlessMissing, unlessThere } from "../linux/syscall-error.ts";
import type { AgentTraits } from "./generation.ts";
import type { GuestCalls } from "./guest-calls.ts";

/** A path that an agent refuses before it touches anything. */
export class OutsideError extends Error {
  override readonly name = "OutsideError";
}

// PATH_MAX counts the NUL at the end, too.
const LONGEST_PATH = 4095;

/**
 * The names on the way from the shared directory to a path.
 *
 * @throws {OutsideError} for a path that is not below the shared directory.
 * @throws {SyscallError} for a path that the kernel would refuse.
 */
export function namesBelow(shareDir: string, path: string): string[] {
  if (Buffer.byteLength(path) > LONGEST_PATH) throw new SyscallError("openat", ENAMETOOLONG);
  if (path.includes("\0")) throw new SyscallError("openat", EINVAL, "the path has a NUL in it");
  const parts = (text: string) => text.split("/").filter((name) => name !== "" && name !== ".");
  const [above, names] = [parts(shareDir), parts(path)];
  const isBelow = path.startsWith("/") && above.every((name, i) => names[i] === name);
  if (!isBelow || names.length === above.length || names.includes(".."))
    throw new OutsideError(`Path ${JSON.stringify(path)} is not below ${shareDir}`);
  return names.slice(above.length);
}

/** How missing directories on the way are made. */
export interface Parents {
  readonly traits: AgentTraits;
  readonly dirMode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A descriptor of the last directory on a way, whose missing directories are made. A link on the way is refused. */
export function makeParents(
  sys: GuestCalls,
  root: number,
  names: readonly string[],
  { traits, dirMode, uid, gid }: Parents,
): number {
  const { parentsAreMadeWith, parentGetsMode, parentGetsOwner, takesFileForParent } = traits;
  const mode = parentsAreMadeWith === "dirMode" ? dirMode & 0o777 : 0o777;
  let fd = sys.openDirectory(root, ".", 0);
  let wasMade = false;
  try {
    for (const [i, name] of names.entries()) {
      const parent = fd;
      wasMade = unlessThere(() => sys.mkdir(parent, name, mode));
      if (takesFileForParent && i === names.length - 1) takeFile(sys, fd, name, dirMode);
      const next = sys.openDirectory(fd, name, 0);
      sys.close(fd);
      fd = next;
    }
    if (isDue(parentGetsMode, wasMade)) sys.changeMode(fd, dirMode);
    if (isDue(parentGetsOwner, wasMade)) sys.changeOwner(fd, uid, gid);
    return fd;
  } catch (error) {
    sys.close(fd);
    throw error;
  }
}

function isDue(when: "never" | "if made" | "always", wasMade: boolean): boolean {
  return when === "always" || (when === "if made" && wasMade);
}

// The oldest agents take a file in its place for the directory, and fail only when they write into it.
function takeFile(sys: GuestCalls, directory: number, name: string, dirMode: number): void {
  sys.using(sys.openNamed(directory, name), (fd) => {
    if (sys.statx(fd).type !== S_IFREG) return;
    sys.mustBeOwn(fd);
    sys.changeNamedMode(fd, dirMode);
  });
}

// A directory that is being emptied, and the names that it still has.
interface Emptied {
  readonly parent: number;
  readonly name: string | Uint8Array;
  readonly fd: number;
  rest: (string | Uint8Array)[];
}

/** Removes whatever has a name, with all below it. A mount there is refused: it may be of anything. */
export function removeAll(sys: GuestCalls, directory: number, name: string | Uint8Array): void {
  // A tree may be deeper than any stack of calls.
  const levels: Emptied[] = [];
  try {
    removeOrEnter(sys, directory, name, levels);
    for (let last = levels.at(-1); last; last = levels.at(-1)) {
      const below = last.rest.pop();
      if (below !== undefined) {
        removeOrEnter(sys, last.fd, below, levels);
        continue;
      }
      levels.pop();
      sys.close(last.fd);
      sys.rmdir(last.parent, last.name);
    }
  } finally {
    for (const { fd } of levels) sys.close(fd);
  }
}

function removeOrEnter(sys: GuestCalls, parent: number, name: string | Uint8Array, levels: Emptied[]): void {
  const found = unlessMissing(() => sys.statx(parent, name));
  if (!found) return;
  if (found.isMountRoot) throw new SyscallError("unlinkat", EBUSY);
  if (found.type !== S_IFDIR) {
    sys.unlink(parent, name);
    return;
  }
  const entered: Emptied = { parent, name, fd: sys.openDirectory(parent, name, 0), rest: [] };
  levels.push(entered);
  // It may be another directory by now.
  if (sys.statx(entered.fd).isMountRoot) throw new SyscallError("unlinkat", EBUSY);
  entered.rest = [...sys.listAll(entered.fd)];
}
