import { AT_FDCWD, O_RDONLY } from "../linux/constants.ts";
import { EACCES, ENOENT, ENOTDIR, ESRCH } from "../linux/errno.ts";
import { readMark } from "../linux/mark.ts";
import { isOfThisBoot, startOf } from "../linux/namespace.ts";
import { unlessOneOf } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";

/** The process that prepared a sandbox. */
export interface Maker {
  /** Its number. */
  readonly process: number;
  /** Whether it lives. */
  readonly isAlive: boolean;
}

/** The process that prepared the sandbox in a directory, as the mark says; undefined where no mark can be read. */
export function makerOf(sys: Syscalls, directory: string): Maker | undefined {
  const fd = unlessOneOf([ENOENT, ENOTDIR, EACCES], () => sys.openDirectory(AT_FDCWD, directory, O_RDONLY));
  const mark = fd === undefined ? undefined : sys.using(fd, () => readMark(sys, fd));
  if (!mark) return undefined;
  // Another process may have the number now.
  const started = unlessOneOf([ENOENT, ESRCH], () => startOf(sys, mark.process));
  return { process: mark.process, isAlive: isOfThisBoot(sys, mark) && started === mark.started };
}
