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

/** Removes whatever has a name, with all below it, but what is mounted there: that may be anything. */
export function removeAll(sys: GuestCalls, directory: number, name: string | Uint8Array): void {
  const found = unlessMissing(() => sys.statx(directory, name));
  if (!found) return;
  if (found.isMountRoot) throw new SyscallError("unlinkat", EBUSY);
  if (found.type !== S_IFDIR) {
    sys.unlink(directory, name);
    return;
  }
  sys.using(sys.openDirectory(directory, name, 0), (fd) => {
    // It may be another one by now.
    if (sys.statx(fd).isMountRoot) throw new SyscallError("unlinkat", EBUSY);
    for (const below of sys.listAll(fd)) removeAll(sys, fd, below);
  });
  sys.rmdir(directory, name);
}
