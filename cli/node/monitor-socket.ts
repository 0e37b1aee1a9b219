import { resolve } from "node:path";
import type { Io } from "../io.ts";

/** Where a monitor listens if nobody says otherwise. */
export const monitorSocket = "/run/guestshare-monitor.sock";

/** Where the monitor of a command line listens. */
export function socketOf(io: Io, socket: string | undefined): string {
  return socket === undefined ? monitorSocket : resolve(io.cwd, socket);
}
