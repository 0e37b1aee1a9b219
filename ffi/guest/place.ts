import { Buffer } from "node:buffer";
import { S_IFDIR, S_IFREG } from "../linux/constants.ts";
import { EBUSY, EINVAL, ENAMETOOLONG } from "../linux/errno.ts";
import { SyscallError, unlessMissing, unlessThere } from "../linux/syscall-error.ts";
import type { Generation } from "./generation.ts";
import type { GuestCalls } from "./guest-calls.ts";

/** A request that an agent refuses before it touches anything. */
export class OutsideError extends Error {
  override readonly name = "OutsideError";
}

// PATH_MAX has the NUL at the end too.
const LONGEST_PATH = 4095;

/**
 * The names on the way from the shared directory to a path.
 *
 * @throws {OutsideError} for a path that is not below it.
 * @throws {SyscallError} for one that the kernel would not take.
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

/** Where missing directories start to be missing, and how they are made. */
export interface Parents {
  readonly generation: Generation;
  readonly dirMode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A descriptor of the directory at the end of a way, whose directories are made. A link on it is refused. */
export function makeParents(
  sys: GuestCalls,
  root: number,
  names: readonly string[],
  { generation, dirMode, uid, gid }: Parents,
): number {
  const isNew = generation === "4.0";
  let fd = sys.openDirectory(root, ".", 0);
  let wasMade = false;
  try {
    for (const [i, name] of names.entries()) {
      const parent = fd;
      wasMade = unlessThere(() => sys.mkdir(parent, name, isNew ? dirMode & 0o777 : 0o777));
      if (generation === "CC-0.2.0" && i === names.length - 1) takeFile(sys, fd, name, dirMode);
      const next = sys.openDirectory(fd, name, 0);
      sys.close(fd);
      fd = next;
    }
    if (!isNew && (wasMade || generation === "CC-0.2.0")) sys.changeMode(fd, dirMode);
    if (isNew || (wasMade && generation === "3.18")) sys.changeOwner(fd, uid, gid);
    return fd;
  } catch (error) {
    sys.close(fd);
    throw error;
  }
}

// The oldest takes a file that is there for the directory, and only fails when it writes into it.
function takeFile(sys: GuestCalls, directory: number, name: string, dirMode: number): void {
  sys.using(sys.openNamed(directory, name), (fd) => {
    if (sys.statx(fd).type !== S_IFREG) return;
    sys.mustBeOwn(fd);
    sys.changeNamedMode(fd, dirMode);
  });
}

// A directory that is being emptied, and the names that are left in it.
interface Emptied {
  readonly parent: number;
  readonly name: string | Uint8Array;
  readonly fd: number;
  rest: (string | Uint8Array)[];
}

/** Removes whatever has a name, with all below it, but what is mounted there: that may be anything. */
export function removeAll(sys: GuestCalls, directory: number, name: string | Uint8Array): void {
  // A path may be so deep that no stack of calls is.
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
  // It may be another one by now.
  if (sys.statx(entered.fd).isMountRoot) throw new SyscallError("unlinkat", EBUSY);
  entered.rest = [...sys.listAll(entered.fd)];
}
