import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { mountNamespaceOf } from "./run-again.ts";

/**
 * Whether a mount namespace is this user's own: each process in it is. Whoever enters a namespace runs the programs that its user has
 * mounted there, and opens what he has mounted, so that another user's is left alone.
 */
export function isOwnNamespace(inode: number): boolean {
  const namespace = `mnt:[${inode}]`;
  const inside = readdirSync("/proc").filter((name) => isIn(namespace, name));
  return (
    inside.length > 0 &&
    inside.every((name) => unlessGone(() => effectiveUserOf(name) === process.geteuid?.()) ?? true)
  );
}

function isIn(namespace: string, name: string): boolean {
  return /^\d+$/.test(name) && unlessGone(() => mountNamespaceOf(Number(name))) === namespace;
}

// Not the owner of /proc/PID, which is root for a process that may not be traced (prctl(2), PR_SET_DUMPABLE).
function effectiveUserOf(name: string): number {
  const status = readFileSync(`/proc/${name}/status`, "latin1");
  return Number(/^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1]);
}

// Of a process that has ended meanwhile nothing is known, nor of one that this user may not look at.
function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw error;
  }
}
