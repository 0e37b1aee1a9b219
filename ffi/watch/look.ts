import { LAST } from "../copy/tree.ts";
import type { Host } from "../linux/host.ts";
import type { FileStatx } from "../linux/structs.ts";
import { SyscallError } from "../linux/syscall-error.ts";

// A clock of the kernel's that is this old has moved on: another change since would show another time. There are file
// systems that keep whole seconds (ext4 with small inodes), or two of them.
const TICK_MS = 2500;

/** What shows whether a volume was changed: its directory, and the link that kubelet turns over. */
export interface Look {
  readonly text: string;
  /** Which directory it is; undefined where there is none. */
  readonly directory: string | undefined;
  /** Whether a change since this look is certain to give another text. */
  readonly isLasting: boolean;
}

/** A look at a volume's directory and its `..data` link. */
export function lookOf(directory: FileStatx, link: FileStatx): Look {
  const newest = Math.max(millisecondsOf(directory), millisecondsOf(link));
  const text = [directory, link].map(({ identity, changed }) => [identity, ...changed].join(" ")).join(", ");
  return { text, directory: directory.identity, isLasting: newest + TICK_MS < Date.now() };
}

/** A look at what has a volume's path now; its text is what failed where it cannot be looked at. */
export function lookAt({ sys }: Host, path: string): Look {
  try {
    return sys.using(sys.openPath(path), (fd) => lookOf(sys.fileStatx(fd), sys.fileStatx(fd, LAST)));
  } catch (error) {
    if (error instanceof SyscallError) return { text: error.message, directory: undefined, isLasting: true };
    throw error;
  }
}

function millisecondsOf({ changed: [seconds, nanoseconds] }: FileStatx): number {
  return seconds * 1000 + nanoseconds / 1_000_000;
}
