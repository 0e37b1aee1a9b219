import { LONGEST_MS } from "../ttrpc/timeout.ts";
import type { AgentRequest } from "./call-words.ts";

// They wait for what a program of the guest does.
const waiting: ReadonlySet<AgentRequest> = new Set([
  ...(["getOOMEvent", "waitProcess", "writeStdin", "readStdout", "readStderr"] as const),
]);

/**
 * How long a request to the agent may take by default; undefined for as long as the connection's calls: a minute
 * (`ffi/ttrpc/client-options.ts`).
 */
export function timeoutOf(request: AgentRequest): number | undefined {
  return waiting.has(request) ? LONGEST_MS : undefined;
}
