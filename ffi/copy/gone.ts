import { EINVAL, ELOOP, ENOENT, ENOTDIR } from "../linux/errno.ts";
import { SyscallError } from "../linux/syscall-error.ts";

const ENXIO = 6; // opening a socket
const ENODEV = 19; // opening a device that has no driver
const ESTALE = 116;

/** What was looked at is not what was found then. */
export class ChangedError extends Error {
  override readonly name = "ChangedError";
}

/** What comes out of trying to copy something: it has to be looked at once more where it was not what it had been. */
export type Outcome = "done" | "again";

const gone = new Set([ENOENT, ENOTDIR, ELOOP, ENXIO, ENODEV, ESTALE]);

/** Whether an error says that a name has gone, or is something else by now. */
export function isGone(error: unknown): boolean {
  if (error instanceof ChangedError) return true;
  if (!(error instanceof SyscallError)) return false;
  return gone.has(error.errno) || (error.call === "readlinkat" && error.errno === EINVAL);
}

/** What a call gives; undefined where a name has gone, or is something else by now. */
export function unlessGone<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
