import { AgentError } from "../agent-error.ts";
import { Output } from "./output.ts";
import type { RuntimeAgent } from "./runtime-agent.ts";

/** Whose streams they are, and how its agent is asked. */
export interface StreamPlace {
  readonly agent: RuntimeAgent;
  readonly containerId: string;
  readonly execId: string;
  readonly isTerminal: boolean;
}

const STDIN_SLICE = 64 * 1024;

/** What a process writes, or its errors. A terminal has one stream for both. */
export function outputOf(place: StreamPlace, request: "readStdout" | "readStderr"): Output {
  const { agent, containerId, execId, isTerminal } = place;
  if (isTerminal && request === "readStderr") return new Output(async () => new Uint8Array());
  return new Output(async (length, signal) => {
    const { data } = await agent[request]({ containerId, execId, len: length }, { signal });
    if (data.length <= length) return data;
    throw lie(place, request, `the agent gave ${data.length} bytes, and ${length} were asked for`);
  });
}

/**
 * Writes all to a process.
 *
 * @throws {AgentError} if the agent does not take it, or the signal is aborted.
 */
export async function writeAll(place: StreamPlace, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  if (!(bytes instanceof Uint8Array)) throw new TypeError("a process reads a Uint8Array");
  const { agent, containerId, execId } = place;
  for (let at = 0; at < bytes.length; ) {
    const data = bytes.subarray(at, at + STDIN_SLICE);
    const { len } = await agent.writeStdin({ containerId, execId, data }, { signal });
    if (len === 0 || len > data.length)
      throw lie(place, "writeStdin", `the agent took ${len} bytes of ${data.length}`);
    at += len;
  }
}

function lie(
  { containerId }: StreamPlace,
  request: "readStdout" | "readStderr" | "writeStdin",
  reason: string,
): AgentError {
  const failure = { trouble: "protocol", code: "INTERNAL", sent: "all" } as const;
  return new AgentError({ request, container: containerId, ...failure, reason });
}
