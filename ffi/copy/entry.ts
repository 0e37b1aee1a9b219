import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFREG, S_IFSOCK } from "../linux/constants.ts";
import { EINVAL, ELOOP, ENOENT, ENOTDIR } from "../linux/errno.ts";
import type { FileStatx } from "../linux/structs.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import type { CopyItem } from "./copy-error.ts";
import type { SkipReason } from "./skip-reasons.ts";

/** Something that is copied, as it was found: the source, or something below it. */
export interface Entry extends CopyItem {
  /** The directory that it is in; undefined for the source. */
  readonly parent: Entry | undefined;
  readonly name: string;
  /** How many bytes the guest's path has. */
  readonly guestBytes: number;
  /** How far it is below the source: 0 for the source, 1 for what is right in it. */
  readonly depth: number;
  readonly file: FileStatx;
  /** Where a link leads, as it is written in the link; undefined for anything else. */
  readonly target: Uint8Array | undefined;
}

const specialKinds = new Map<number, SkipReason>([
  [S_IFSOCK, "socket"],
  [S_IFIFO, "pipe"],
  [S_IFCHR, "device"],
  [S_IFBLK, "device"],
]);

/** Why something of this type cannot be copied; undefined for files, directories and links. */
export function specialKind(type: number): SkipReason | undefined {
  return specialKinds.get(type);
}

export function isDirectory({ file }: Entry): boolean {
  return file.type === S_IFDIR;
}

export function isFile({ file }: Entry): boolean {
  return file.type === S_IFREG;
}

/** The path of a name in a directory. */
export function pathIn({ path }: CopyItem, name: string): string {
  return `${path === "/" ? "" : path}/${name}`;
}

/** A name belongs to something else than before. */
export class ChangedError extends Error {
  override readonly name = "ChangedError";
}

const ENXIO = 6; // opening a socket
const ENODEV = 19; // opening a device that has no driver
const ESTALE = 116;

const goneErrnos = new Set([ENOENT, ENOTDIR, ELOOP, ENXIO, ENODEV, ESTALE]);

/** Whether an error says that an entry is gone, or that its name belongs to something else by now. */
export function isGone(error: unknown): boolean {
  if (error instanceof ChangedError) return true;
  if (!(error instanceof SyscallError)) return false;
  return goneErrnos.has(error.errno) || (error.call === "readlinkat" && error.errno === EINVAL);
}

/** What a call gives; undefined if the entry is gone. */
export function unlessGone<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
