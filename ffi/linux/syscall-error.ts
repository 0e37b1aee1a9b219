import { EEXIST, ENOENT, errnoMeaning, errnoName } from "./errno.ts";

/** A system call failed, or what it showed cannot be gone on with. */
export class SyscallError extends Error {
  /** "SyscallError", or the name of a class made from this one. */
  override readonly name: string = "SyscallError";
  /** The call, by the kernel's name. */
  readonly call: string;
  /** Such as 16. */
  readonly errno: number;
  /** Such as "EBUSY". */
  readonly code: string;
  /** What that means here, and what to do. */
  readonly reason: string;

  /** Of a call and its errno; the reason is the errno's usual meaning unless given. */
  constructor(call: string, errno: number, reason: string = errnoMeaning(errno)) {
    const code = errnoName(errno);
    super(`${call}: ${code} (${reason})`);
    this.call = call;
    this.errno = errno;
    this.code = code;
    this.reason = reason;
  }
}

/** What a call gives; undefined where it fails with one of these errnos. */
export function unlessOneOf<T>(errnos: readonly number[], call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof SyscallError && errnos.includes(error.errno)) return undefined;
    throw error;
  }
}

const MISSING = [ENOENT];

/** What a call gives; undefined where it says that there is no such file. */
export function unlessMissing<T>(call: () => T): T | undefined {
  return unlessOneOf(MISSING, call);
}

/** Changes something; false where the call fails with this errno. */
export function unlessErrno(errno: number, change: () => void): boolean {
  try {
    change();
    return true;
  } catch (error) {
    if (error instanceof SyscallError && error.errno === errno) return false;
    throw error;
  }
}

/** Makes something; false where the call says that something has the name already. */
export function unlessThere(make: () => void): boolean {
  return unlessErrno(EEXIST, make);
}

/** Throws an error after undoing what came before it. Where that fails too, the error says what is left behind. */
export function failAfter(error: unknown, undo: () => void): never {
  try {
    undo();
  } catch (second) {
    if (!(error instanceof SyscallError && second instanceof SyscallError)) throw error;
    throw new SyscallError(error.call, error.errno, `${error.reason}; left behind: ${second.message}`);
  }
  throw error;
}
