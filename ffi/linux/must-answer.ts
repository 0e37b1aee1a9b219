import { Buffer } from "node:buffer";
import { type AskLimits, askByChild } from "./ask-by-child.ts";
import { isLocal, isLocalType, NotAtHand } from "./cached-source.ts";
import type { Host } from "./host.ts";
import { prefixBelow } from "./mount.ts";
import { paced } from "./paced.ts";
import { SyscallError } from "./syscall-error.ts";

/**
 * Resolves when the servers of a path and of its submounts have answered: then no server that hangs already stops a reader.
 * Filesystems on this machine are not asked.
 *
 * @throws {SyscallError} ETIMEDOUT, with the path of the first server that does not answer in time.
 * @throws the signal's reason.
 */
export async function mustAnswer(host: Host, path: string, limits: AskLimits): Promise<void> {
  const root = rootOf(host, path);
  if (!root) return;
  if (!root.isLocal) await askByChild(host, path, "list", limits);
  const mounts = await paced(host.table.list());
  const below = mounts.filter(({ point, fstype }) => point.startsWith(root.prefix) && !isLocalType(fstype));
  const paths = below.map(({ point }) => Buffer.from(point, "latin1").toString());
  await Promise.all(paths.map((one) => askByChild(host, one, "list", limits)));
}

interface Root {
  readonly isLocal: boolean;
  /** How the paths of submounts begin, as the mount table has them. */
  readonly prefix: string;
}

// For a path that cannot be opened no server is asked: the next open reports the failure.
function rootOf({ sys, table, sources }: Host, path: string): Root | undefined {
  try {
    return sys.using(sources.openPath(path), (fd) => ({
      isLocal: isLocal(table, sys.statx(fd)),
      prefix: prefixBelow(sys.pathOf(fd)),
    }));
  } catch (error) {
    if (error instanceof SyscallError) return undefined;
    if (!(error instanceof NotAtHand)) throw error;
    return { isLocal: false, prefix: prefixBelow(Buffer.from(path).toString("latin1")) };
  }
}
