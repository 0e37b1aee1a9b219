import { ENOSPC } from "./errno.ts";
import { MARK, readMark } from "./mark.ts";
import type { Namespace } from "./namespace.ts";
import { SyscallError } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

// The mark of a sandbox says, too, whether an agent was asked to create the sandbox: it goes with the sandbox.

interface AskedMark extends Namespace {
  readonly asked?: unknown;
}

// Always as long, so that writing it anew is one write over what is there.
const LENGTH = 512;

/** Whether an agent was asked to create the sandbox of a directory. */
export function wasAsked(sys: Syscalls, directory: number): boolean {
  return markOf(sys, directory)?.asked === true;
}

/**
 * Notes in the mark of a sandbox's directory whether an agent was asked to create the sandbox; false where there is no mark. The
 * lock is held.
 */
export function noteAsked(sys: Syscalls, directory: number, asked: boolean): boolean {
  const mark = markOf(sys, directory);
  if (!mark) return false;
  const line = new TextEncoder().encode(`${JSON.stringify({ ...mark, asked }).padEnd(LENGTH - 1)}\n`);
  sys.using(sys.openToOverwrite(directory, MARK), (fd) => {
    if (sys.write(fd, line) !== line.length) throw new SyscallError("write", ENOSPC);
  });
  return true;
}

const markOf = (sys: Syscalls, directory: number): AskedMark | undefined => readMark(sys, directory);
