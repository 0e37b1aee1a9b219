import { ENOENT, errnoMeaning, errnoName } from "./errno.ts";

/** A system call failed, or what it showed cannot be gone on with. */
export class SyscallError extends Error {
  override readonly name = "SyscallError";
  /** The call, by the kernel's name. */
  readonly call: string;
  /** Such as 16. */
  readonly errno: number;
  /** Such as "EBUSY". */
  readonly code: string;
  /** What that means here, and what to do. */
  readonly reason: string;

  constructor(call: string, errno: number, reason: string = errnoMeaning(errno)) {
    const code = errnoName(errno);
    super(`${call}: ${code} (${reason})`);
    this.call = call;
    this.errno = errno;
    this.code = code;
    this.reason = reason;
  }
}

/** What a call gives; undefined where it says that there is no such file. */
export function unlessMissing<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof SyscallError && error.errno === ENOENT) return undefined;
    throw error;
  }
}
