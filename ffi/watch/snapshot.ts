import { DATA_LINK } from "../copy/selective-copy.ts";
import type { Host } from "../linux/host.ts";
import type { FileStatx } from "../linux/structs.ts";
import { SyscallError } from "../linux/syscall-error.ts";

// A clock of the kernel's that is this old has moved on: another change since would show another time. There are file
// systems that keep whole seconds (ext4 with small inodes), or two of them.
const TICK_MS = 2500;

/** The state of a volume's directory and of its `..data` link, to compare it with a later one. */
export interface Snapshot {
  /** Two snapshots with the same text are of the same state. */
  readonly text: string;
  /** The identity of the directory; undefined if there is none. */
  readonly directory: string | undefined;
  /** Whether every later change is certain to give another text. */
  readonly isReliable: boolean;
}

/** A snapshot of a volume whose directory and link have these states. */
export function snapshotOf(directory: FileStatx, link: FileStatx): Snapshot {
  const newest = Math.max(millisecondsOf(directory), millisecondsOf(link));
  const text = [directory, link].map(({ identity, changed }) => [identity, ...changed].join(" ")).join(", ");
  return { text, directory: directory.identity, isReliable: newest + TICK_MS < Date.now() };
}

/** A snapshot of the volume at a path. If the volume cannot be read, the error is the snapshot's text. */
export function takeSnapshot({ sys }: Host, path: string): Snapshot {
  try {
    return sys.using(sys.openPath(path), (fd) => snapshotOf(sys.fileStatx(fd), sys.fileStatx(fd, DATA_LINK)));
  } catch (error) {
    if (error instanceof SyscallError) return { text: error.message, directory: undefined, isReliable: true };
    throw error;
  }
}

function millisecondsOf({ changed: [seconds, nanoseconds] }: FileStatx): number {
  return seconds * 1000 + nanoseconds / 1_000_000;
}
