import { resolve } from "node:path";
import type { Io } from "../io.ts";

/** Where a monitor listens if nobody says otherwise, as the files in deploy/ have it. Its directory is its own. */
export const monitorSocket = "/run/guestshare-monitor/monitor.sock";

/** Where the monitor of a command line listens. */
export function socketOf(io: Io, socket: string | undefined): string {
  return socket === undefined ? monitorSocket : resolve(io.cwd, socket);
}
