import { Buffer } from "node:buffer";
import { type AskLimits, askByChild } from "./ask-by-child.ts";
import { isLocal, isLocalType, NotAtHand } from "./at-hand.ts";
import type { Host } from "./host.ts";
import { paced } from "./paced.ts";
import { SyscallError } from "./syscall-error.ts";

/**
 * Resolves when all servers of what is at a path, and of what is mounted below it, have answered: whoever reads there is not
 * stopped by one that hangs already. What is on this machine is not asked.
 *
 * @throws {SyscallError} ETIMEDOUT, with the path of the first one that does not answer in time.
 * @throws the signal's reason.
 */
export async function mustAnswer(host: Host, path: string, limits: AskLimits): Promise<void> {
  const root = rootOf(host, path);
  if (!root) return;
  if (!root.isLocal) await askByChild(host, path, "list", limits);
  const mounts = await paced(host.table.list());
  const below = mounts.filter(
    ({ point, fstype }) => point.startsWith(root.beginning) && !isLocalType(fstype),
  );
  const paths = below.map(({ point }) => Buffer.from(point, "latin1").toString());
  await Promise.all(paths.map((one) => askByChild(host, one, "list", limits)));
}

interface Root {
  readonly isLocal: boolean;
  /** How the paths of what is mounted below begin, as the mount table has them. */
  readonly beginning: string;
}

// What cannot be opened asks nobody: whoever opens it next is told.
function rootOf({ sys, table, sources }: Host, path: string): Root | undefined {
  try {
    return sys.using(sources.openPath(path), (fd) => ({
      isLocal: isLocal(table, sys.statx(fd)),
      beginning: `${sys.pathOf(fd).replace(/\/$/, "")}/`,
    }));
  } catch (error) {
    if (error instanceof SyscallError) return undefined;
    if (!(error instanceof NotAtHand)) throw error;
    return { isLocal: false, beginning: `${Buffer.from(path).toString("latin1")}/` };
  }
}
