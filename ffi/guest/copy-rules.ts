import { isUtf8 } from "node:buffer";
import type { CopyFileRequest } from "../agent/agent.ts";
import * as c from "../linux/constants.ts";
import { EISDIR, ELOOP, ENOENT } from "../linux/errno.ts";
import { SyscallError, unlessThere } from "../linux/syscall-error.ts";
import { Unanswered } from "../ttrpc/refusal.ts";
import type { AgentTraits } from "./generation.ts";
import type { GuestCalls } from "./guest-calls.ts";
import { makeParents, namesBelow, removeAll } from "./place.ts";

/** Where an agent writes, and by which rules. */
export interface GuestPlace {
  readonly sys: GuestCalls;
  /** A descriptor of the directory that stands for `shareDir`. */
  readonly root: number;
  readonly shareDir: string;
  /** The rules. */
  readonly traits: AgentTraits;
}

/**
 * Does what an agent with some traits does with a CopyFile request, but follows no link: a link on the way, under the temporary
 * name, or in the place of a directory is refused. Real agents follow links on the way, the older ones all links, even out of
 * their directory.
 *
 * @throws {Unanswered} where the agent's task would crash.
 */
export function writeCopied(place: GuestPlace, request: CopyFileRequest): void {
  const { sys, root, shareDir, traits } = place;
  const names = namesBelow(shareDir, request.path);
  const name = names.pop() as string;
  const { dirMode, uid, gid, fileMode } = request;
  const parent = makeParents(sys, root, names, { traits, dirMode, uid, gid });
  sys.using(parent, () => {
    // Bits that contain those of S_IFDIR are enough: a socket's and a block device's do too.
    if ((fileMode & c.S_IFDIR) === c.S_IFDIR) return writeDirectory(place, parent, name, request);
    if (traits.removesFirst && request.offset === 0) removeAll(sys, parent, name);
    if ((fileMode & c.S_IFLNK) === c.S_IFLNK) return writeLink(place, parent, name, request);
    writeFile(place, parent, name, request);
  });
}

function writeDirectory(place: GuestPlace, parent: number, name: string, request: CopyFileRequest): void {
  const { sys, traits } = place;
  const { fileMode, uid, gid } = request;
  if (traits.directoryReplaces === "any non-directory") unlinkNonDirectory(sys, parent, name);
  else if (traits.directoryReplaces === "any non-directory, links followed") {
    if (sys.leadsSomewhere(parent, name) && !sys.leadsToDirectory(parent, name)) sys.unlink(parent, name);
  }
  unlessThere(() => sys.mkdir(parent, name, fileMode & 0o777));
  sys.using(sys.openNamed(parent, name), (fd) => {
    if (sys.statx(fd).type === c.S_IFLNK) throw new SyscallError("fchmodat", ELOOP);
    sys.mustBeOwn(fd); // an older agent takes any file in its place for the directory
    sys.changeNamedMode(fd, fileMode);
    sys.changeOwner(fd, uid, gid);
  });
}

function unlinkNonDirectory(sys: GuestCalls, parent: number, name: string): void {
  try {
    sys.unlink(parent, name);
  } catch (error) {
    if (!(error instanceof SyscallError && (error.errno === ENOENT || error.errno === EISDIR))) throw error;
  }
}

function writeLink(place: GuestPlace, parent: number, name: string, request: CopyFileRequest): void {
  const { sys, traits } = place;
  const { data, uid, gid } = request;
  if (traits.crashesAtOddLinks && !isUtf8(data)) throw new Unanswered("the link is not UTF-8");
  if (traits.linkReplaces === "anything") removeAll(sys, parent, name);
  else if (traits.linkReplaces === "a link that leads somewhere") {
    if (isLink(sys, parent, name) && sys.leadsSomewhere(parent, name)) sys.unlink(parent, name);
  }
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
  const { sys, traits } = place;
  const { fileMode, fileSize, uid, gid, offset, data } = request;
  const temporary = withExtension(name, "tmp");
  const mode = traits.filesAreMadeWith === "fileMode" ? fileMode & 0o7777 : 0o666;
  const fd = sys.openToWrite(parent, temporary, c.O_WRONLY, mode);
  sys.using(fd, () => {
    if (traits.truncatesFirst && offset === 0) sys.truncate(fd);
    sys.writeAt(fd, data, offset);
    if (sys.fileStatx(fd).size !== fileSize) return;
    sys.changeMode(fd, fileMode);
    sys.changeOwner(fd, uid, gid);
    // A file that has its own temporary name removes itself here, and cannot be renamed.
    if (traits.removesBeforeRename) removeAll(sys, parent, name);
    sys.rename(parent, temporary, name);
  });
}

/** Rust's `Path::set_extension`, in the words of its own documentation: the stem is all before the last dot, unless only that dot is in front. */
export function withExtension(name: string, extension: string): string {
  const parts = name.split(".");
  if (parts.length > 1 && !(parts.length === 2 && parts[0] === "")) parts.pop();
  return `${parts.join(".")}.${extension}`;
}
