import { ENOENT, errnoName } from "./errno.ts";
import type { FileCalls } from "./file-calls.ts";
import { SyscallError } from "./syscall-error.ts";

// The meaning of an errno for a source, where it differs from the meaning for any file.
const reasons: Readonly<Record<string, string>> = {
  ENOENT: "the source does not exist",
  ENOTDIR: "not a directory, where the way to the source leads through",
  EACCES:
    "this user may not look there; neither may root in another user's FUSE filesystem that is mounted without allow_other, or on NFS with root_squash",
  ELOOP: "a link on the way to the source leads back to itself, or there are more than 40",
};

/** A source cannot be opened or looked at. */
export class SourceError extends SyscallError {
  /** The source's path. */
  readonly path: string;

  constructor(
    path: string,
    call: string,
    errno: number,
    reason: string | undefined = reasons[errnoName(errno)],
  ) {
    super(call, errno, reason);
    this.path = path;
  }
}

/**
 * The result of a look at a source.
 *
 * @throws {SourceError} where the look fails by a system call.
 */
export function atSource<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof SyscallError) || error instanceof SourceError) throw error;
    throw new SourceError(path, error.call, error.errno, reasons[error.code] ?? error.reason);
  }
}

/**
 * Why an open source cannot be attached. Where the source was deleted the kernel says that there is no such file, though the
 * source is still mounted at its path.
 */
export function whyNotAttached(sys: FileCalls, fd: number, error: unknown, path: string): unknown {
  const isMissing = error instanceof SyscallError && error.errno === ENOENT;
  return isMissing && isDeleted(sys, fd) ? deleted(path) : error;
}

/** Whether an open file has no name any more, or a name that looks so. */
export function isDeleted(sys: FileCalls, fd: number): boolean {
  return sys.pathOf(fd).endsWith(" (deleted)");
}

/** The error of a source that was deleted. */
export function deleted(path: string): SourceError {
  const reason =
    "what is mounted at the source was deleted where it was mounted from; unmount it there, and mount it anew";
  return new SourceError(path, "move_mount", ENOENT, reason);
}
