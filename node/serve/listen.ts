import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";
import { isAbsolute } from "node:path";
import { umask } from "node:process";

/** Where a node's numbers are served: a port of this machine alone, or a socket of this user alone. */
export type ServeAt =
  | {
      /** The port; 0 for any. */
      readonly port: number;
      /** An address of this machine alone. Default "127.0.0.1". */
      readonly host?: string | undefined;
      readonly socket?: undefined;
    }
  | {
      /** The path of a Unix socket, which nobody else may open. */
      readonly socket: string;
      readonly port?: undefined;
      readonly host?: undefined;
    };

const OWN_MODE = 0o600;
// The kernel's longest path of a socket, with its end (unix(7)).
const LONGEST_PATH = 107;

/** @throws {TypeError} for what would be open to other machines, or is no place. */
export function checkPlace({ port, host = "127.0.0.1", socket }: ServeAt): void {
  if ((port === undefined) === (socket === undefined))
    throw new TypeError("at has to have either port or socket");
  if (socket !== undefined) {
    const isPath = typeof socket === "string" && isAbsolute(socket) && !socket.includes("\0");
    if (isPath && Buffer.byteLength(socket) <= LONGEST_PATH) return;
    throw new TypeError(
      `at.socket has to be an absolute path of at most ${LONGEST_PATH} bytes, not ${shown(socket)}`,
    );
  }
  if (!(Number.isInteger(port) && port !== undefined && port >= 0 && port <= 65_535))
    throw new TypeError(`at.port has to be a port, not ${shown(port)}`);
  if (!isLoopback(host))
    throw new TypeError(`at.host has to be an address of 127.0.0.0/8, or "::1", not ${shown(host)}`);
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 200) ?? String(value);
}

/** Whether an address is of this machine alone. A name may be of any. */
export function isLoopback(host: unknown): boolean {
  return (
    host === "::1" || (typeof host === "string" && /^127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(host))
  );
}

/**
 * Has a server listen. A socket that a dead process left is replaced.
 *
 * @throws {Error} of the system, such as EADDRINUSE.
 */
export async function listen(server: Server, at: ServeAt): Promise<void> {
  if (at.socket !== undefined) await removeDead(at.socket);
  const listening = new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  if (at.socket === undefined) server.listen(at.port, at.host ?? "127.0.0.1");
  else listenAlone(server, at.socket);
  await listening;
  if (at.socket !== undefined) chmodSync(at.socket, OWN_MODE);
}

// The socket is made in this very call: from its first moment on nobody else may open it.
function listenAlone(server: Server, path: string): void {
  const before = umask(0o777 & ~OWN_MODE);
  try {
    server.listen(path);
  } finally {
    umask(before);
  }
}

/** Removes a socket on which nobody listens. What is no socket stays, and is in the way. */
async function removeDead(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isSocket()) return;
  const code = await new Promise<string>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve("");
    });
    socket.on("error", ({ code = "" }: NodeJS.ErrnoException) => resolve(code));
  });
  if (code === "ECONNREFUSED") unlinkSync(path);
}
