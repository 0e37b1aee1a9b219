import type { Agent } from "../../ffi/mod.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError, usageError } from "../failure.ts";
import { millisecondsOf } from "../input/duration.ts";
import type { Io } from "../io.ts";

/** How a command line names the agent of a guest. */
export interface AgentOptions {
  readonly agent?: string;
  readonly timeout?: string;
}

const forms = "vsock://CID:PORT, hvsock:///PATH:PORT or unix:///PATH";

/**
 * Connects to the agent that the options name.
 *
 * @throws {CommandError} where they name none, and where none answers there in time.
 */
export async function connect(io: Io, { agent: address, timeout }: AgentOptions): Promise<Agent> {
  if (address === undefined)
    throw usageError("Cannot copy without an agent", `name its address by --agent: ${forms}`);
  const timeoutMs = timeout === undefined ? undefined : millisecondsOf(timeout, "--timeout");
  const { connectAgent, TtrpcAddressError, TtrpcConnectError } = await import("../../ffi/agent/mod.ts");
  try {
    return await connectAgent(address, { timeoutMs, signal: io.signal });
  } catch (error) {
    if (error instanceof TtrpcAddressError) throw usageError(error.message, `write such as ${forms}`);
    if (!(error instanceof TtrpcConnectError)) throw error;
    throw new CommandError({
      what: error.message,
      why: "nothing was copied: only the guest's agent can write into the guest",
      next: "see that the guest runs, and name the address of its agent; --timeout waits longer for it",
      exitCode: io.signal.aborted ? ExitCode.interrupted : ExitCode.failed,
    });
  }
}
