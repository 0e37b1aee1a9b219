import { readFileSync } from "node:fs";

/**
 * Whether a unix socket of this path is listened on. A socket has its name before it listens; and a virtiofsd takes one
 * connection only, so that none is made to try. In /proc/net/unix (proc(5)) the flag __SO_ACCEPTCON is told of one that listens.
 */
export function isListening(socket: string): boolean {
  const lines = readFileSync("/proc/net/unix", "utf8").split("\n");
  return lines.some((line) => line.endsWith(` ${socket}`) && line.split(" ")[3] === "00010000");
}
