import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { geteuid } from "node:process";
import type { VirtiofsdProgram } from "./find-program.ts";
import { VirtiofsdError } from "./virtiofsd-error.ts";

/** A virtiofsd's lock: a file that the program makes and does not remove. */
export interface Lock {
  /** "" for one that goes with its filesystem. */
  readonly path: string;
  /** The command that runs the program where it can make it. */
  readonly command: readonly string[];
}

// The socket's path with points for slashes: fv_socket_lock in fuse_virtio.c.
const qemuLocks = "/var/run/virtiofsd";

// Shares still arrive: what is mounted in the namespace around it is mounted in this one, too.
const ownVar = [
  ...["unshare", "--mount", "--propagation", "slave", "--"],
  ...["/bin/sh", "-c", 'mount -t tmpfs -o mode=0700 locks /var && exec "$@"', "virtiofsd"],
];

/**
 * Where a virtiofsd makes its lock. QEMU's own makes it in /var/run/virtiofsd; to root of a user namespace, who may not, it gets a
 * /var of its own.
 *
 * @throws {VirtiofsdError} for somebody else, and for a directory or a socket in /var.
 */
export function lockFor({ kind }: VirtiofsdProgram, socket: string, directory: string): Lock {
  if (kind === "rust") return { path: `${socket}.pid`, command: [] };
  if (mayMake(qemuLocks)) return { path: qemuLockOf(socket), command: [] };
  if (geteuid?.() !== 0) {
    const reason =
      "QEMU's own virtiofsd runs as root alone, be it that of a user namespace, as inOwnNamespace makes one";
    throw new VirtiofsdError({ directory, code: "EPERM", reason });
  }
  for (const path of [directory, dirname(socket)]) {
    if (!isInVar(path)) continue;
    const reason = `QEMU's own virtiofsd may not write to ${qemuLocks}, and cannot have a /var of its own: ${JSON.stringify(path)} is in it`;
    throw new VirtiofsdError({ directory, code: "EACCES", reason });
  }
  return { path: "", command: ownVar };
}

/** The lock that QEMU's own has for a socket, where root of the machine runs it. */
export function qemuLockOf(socket: string): string {
  return `${qemuLocks}/${socket.replaceAll("/", ".")}.pid`;
}

function mayMake(directory: string): boolean {
  try {
    accessSync(existsSync(directory) ? directory : dirname(directory), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

// A directory that is not there yet will be where the one above it is.
function isInVar(path: string): boolean {
  try {
    return `${realpathSync(path)}/`.startsWith("/var/");
  } catch {
    return path !== "/" && isInVar(dirname(path));
  }
}
