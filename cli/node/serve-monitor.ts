import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Monitor, NodeServer, ServeAt } from "../../node/mod.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError, usageError } from "../failure.ts";
import type { Io } from "../io.ts";
import { monitorSocket, socketOf } from "./monitor-socket.ts";

const OWN_MODE = 0o700;

/** Where a command line wants a monitor's numbers. */
export interface ServeMonitorOptions {
  readonly socket?: string;
  readonly port?: string;
  readonly perPod?: boolean;
}

/**
 * Serves what a monitor knows on its socket, and on a port of this machine where one is named.
 *
 * @throws {CommandError} where it cannot listen.
 */
export async function serveMonitor(
  io: Io,
  monitor: Monitor,
  { socket, port, perPod = false }: ServeMonitorOptions,
): Promise<AsyncDisposable> {
  if (socket === undefined) mkdirSync(dirname(monitorSocket), { recursive: true, mode: OWN_MODE });
  const places: ServeAt[] = [{ socket: socketOf(io, socket) }];
  if (port !== undefined) places.push({ port: portOf(port) });
  const { serveNode } = await import("../../node/mod.ts");
  const servers: NodeServer[] = [];
  const close = async () => {
    for (const server of servers.splice(0)) await server.close();
  };
  for (const at of places) {
    try {
      servers.push(await serveNode({ at, status: () => monitor.status(), perPod }));
    } catch (error) {
      await close();
      throw notServed(at, error as NodeJS.ErrnoException);
    }
  }
  return { [Symbol.asyncDispose]: close };
}

function notServed(at: ServeAt, { code, message }: NodeJS.ErrnoException): CommandError {
  const place = at.socket ?? `127.0.0.1:${at.port}`;
  const hasDirectory = at.socket === undefined || existsSync(dirname(at.socket));
  return new CommandError({
    what: `Cannot listen on ${JSON.stringify(place)}: ${hasDirectory ? (code ?? message) : "ENOENT"}`,
    why: "nobody could ask this monitor",
    next: hasDirectory
      ? "end the other monitor, or name another place by --socket or --port"
      : "make its directory, or name another place by --socket",
    exitCode: ExitCode.failed,
  });
}

/** @throws {CommandError} for a text that is no port. */
export function portOf(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw usageError(`Cannot read --port ${JSON.stringify(text)}: it is no port`, "write a number up to 65535");
}
