import type { CommonOptions } from "../command.ts";
import { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { jsonText } from "../print/json.ts";
import { nodeLines, nodeSummary } from "../print/node-status.ts";
import { askMonitor } from "./ask-monitor.ts";
import { socketOf } from "./monitor-socket.ts";

/** `guestshare list --node`: what the monitor of this node knows. */
export async function listNode(
  io: Io,
  { socket, id, json, quiet }: CommonOptions & { readonly socket?: string },
): Promise<number> {
  const status = await askMonitor(socketOf(io, socket), io.signal);
  const sandboxes = status.sandboxes.filter((sandbox) => id === undefined || sandbox.id === id);
  if (json) {
    io.stdout.write(jsonText({ ...status, sandboxes }));
    return ExitCode.done;
  }
  if (sandboxes.length > 0) io.stdout.write(`${nodeLines({ ...status, sandboxes }).join("\n")}\n`);
  if (!quiet) io.stderr.write(`${nodeSummary(status).join("\n")}\n`);
  return ExitCode.done;
}
