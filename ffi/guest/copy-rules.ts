import { isUtf8 } from "node:buffer";
import type { CopyFileRequest } from "../agent/agent.ts";
import * as c from "../linux/constants.ts";
import { EISDIR, ELOOP, ENOENT } from "../linux/errno.ts";
import { SyscallError, unlessThere } from "../linux/syscall-error.ts";
import type { Generation } from "./generation.ts";
import type { GuestCalls } from "./guest-calls.ts";
import { makeParents, namesBelow, removeAll } from "./place.ts";

/** Where an agent writes, and by which rules. */
export interface GuestPlace {
  readonly sys: GuestCalls;
  /** A descriptor of the directory that stands for `shareDir`. */
  readonly root: number;
  readonly shareDir: string;
  readonly generation: Generation;
}

/** The agent's task for a request panics: nobody answers it. */
export class UnansweredError extends Error {
  override readonly name = "UnansweredError";
}

/**
 * Does what an agent of a generation does with a CopyFile request, but follows no link: one on the way, under the temporary
 * name, or in the place of a directory is refused. Real agents follow those on the way, the older ones all of them, and
 * also out of their directory.
 */
export function writeCopied(place: GuestPlace, request: CopyFileRequest): void {
  const { sys, root, shareDir, generation } = place;
  const names = namesBelow(shareDir, request.path);
  const name = names.pop() as string;
  const { dirMode, uid, gid, fileMode } = request;
  const parent = makeParents(sys, root, names, { generation, dirMode, uid, gid });
  sys.using(parent, () => {
    // Bits that contain those of S_IFDIR are enough: a socket's and a block device's do too.
    if ((fileMode & c.S_IFDIR) === c.S_IFDIR) return writeDirectory(place, parent, name, request);
    if (generation === "4.0" && request.offset === 0) removeAll(sys, parent, name);
    if ((fileMode & c.S_IFLNK) === c.S_IFLNK) return writeLink(place, parent, name, request);
    writeFile(place, parent, name, request);
  });
}

function writeDirectory(place: GuestPlace, parent: number, name: string, request: CopyFileRequest): void {
  const { sys, generation } = place;
  const { fileMode, uid, gid } = request;
  if (generation === "4.0") unlinkUnless(sys, parent, name);
  if (generation === "3.18" && sys.leadsSomewhere(parent, name) && !sys.leadsToDirectory(parent, name))
    sys.unlink(parent, name);
  unlessThere(() => sys.mkdir(parent, name, fileMode & 0o777));
  sys.using(sys.openNamed(parent, name), (fd) => {
    if (sys.statx(fd).type === c.S_IFLNK) throw new SyscallError("fchmodat", ELOOP);
    sys.mustBeOwn(fd); // an older agent takes any file that is there for the directory
    sys.changeNamedMode(fd, fileMode);
    sys.changeOwner(fd, uid, gid);
  });
}

function unlinkUnless(sys: GuestCalls, parent: number, name: string): void {
  try {
    sys.unlink(parent, name);
  } catch (error) {
    if (!(error instanceof SyscallError && (error.errno === ENOENT || error.errno === EISDIR))) throw error;
  }
}

function writeLink(place: GuestPlace, parent: number, name: string, request: CopyFileRequest): void {
  const { sys, generation } = place;
  const { data, uid, gid } = request;
  if (generation === "CC-0.2.0" && !isUtf8(data)) throw new UnansweredError("the link is not UTF-8");
  if (generation === "3.3" && isLink(sys, parent, name) && sys.leadsSomewhere(parent, name))
    sys.unlink(parent, name);
  if (generation === "3.18") removeAll(sys, parent, name);
  sys.makeLink(data, parent, name);
  sys.using(sys.openMadeLink(parent, name), (fd) => sys.changeOwner(fd, uid, gid));
}

function isLink(sys: GuestCalls, parent: number, name: string): boolean {
  try {
    return sys.statx(parent, name).type === c.S_IFLNK;
  } catch {
    return false;
  }
}

function writeFile(place: GuestPlace, parent: number, name: string, request: CopyFileRequest): void {
  const { sys, generation } = place;
  const { fileMode, fileSize, uid, gid, offset, data } = request;
  const temporary = withExtension(name, "tmp");
  const mode = generation === "4.0" ? fileMode & 0o7777 : 0o666;
  const beginsAnew = offset === 0 && (generation === "3.18" || generation === "4.0");
  const fd = sys.openToWrite(parent, temporary, c.O_WRONLY, mode);
  sys.using(fd, () => {
    if (beginsAnew) sys.truncate(fd);
    sys.writeAt(fd, data, offset);
    if (sys.fileStatx(fd).size !== fileSize) return;
    sys.changeMode(fd, fileMode);
    sys.changeOwner(fd, uid, gid);
    // A file that is called as its temporary one removes itself here, and cannot be renamed.
    if (generation === "3.18") removeAll(sys, parent, name);
    sys.rename(parent, temporary, name);
  });
}

/** Rust's `Path::set_extension`, in the words of its own documentation: the stem is all before the last dot, unless only that dot is in front. */
export function withExtension(name: string, extension: string): string {
  const parts = name.split(".");
  if (parts.length > 1 && !(parts.length === 2 && parts[0] === "")) parts.pop();
  return `${parts.join(".")}.${extension}`;
}
