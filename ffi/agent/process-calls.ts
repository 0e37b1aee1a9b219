import type { AgentCallOptions } from "./agent.ts";
import type { CallAnswer, CallRequest } from "./call-types.ts";
import { ContainerCalls } from "./container-calls.ts";
import { AgentService } from "./generated/agent_pb.ts";

const { method } = AgentService;

/** The calls that are about a process in a container. */
export class ProcessCalls extends ContainerCalls {
  /**
   * Starts another process in a container, which is known by its `execId` from now on.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async execProcess(request: CallRequest<"execProcess">, options?: AgentCallOptions): Promise<void> {
    await this.ask("execProcess", method.execProcess, request, options);
  }

  /**
   * Signals a process; all processes of the container by SIGKILL with an empty `execId`.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async signalProcess(request: CallRequest<"signalProcess">, options?: AgentCallOptions): Promise<void> {
    await this.ask("signalProcess", method.signalProcess, request, options);
  }

  /**
   * Waits until a process ends, and gives its exit code, 128 and the signal's number if a signal ended it. **The agent forgets the
   * process with this answer**, and output that nobody has read. It may wait for 24 days.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  waitProcess(
    request: CallRequest<"waitProcess">,
    options?: AgentCallOptions,
  ): Promise<CallAnswer<"waitProcess">> {
    return this.ask("waitProcess", method.waitProcess, request, options);
  }

  /**
   * Writes to a process. The answer waits until it fits. It may wait for 24 days.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  writeStdin(
    request: CallRequest<"writeStdin">,
    options?: AgentCallOptions,
  ): Promise<CallAnswer<"writeStdin">> {
    return this.ask("writeStdin", method.writeStdin, request, options);
  }

  /**
   * Reads what a process writes, `len` bytes at most. Waits until there is something; no bytes are the end. Of a terminal, the end is
   * INTERNAL "Input/output error". It may wait for 24 days.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  readStdout(
    request: CallRequest<"readStdout">,
    options?: AgentCallOptions,
  ): Promise<CallAnswer<"readStdout">> {
    return this.ask("readStdout", method.readStdout, request, options);
  }

  /**
   * As `readStdout`, of the errors. A terminal has both in one.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  readStderr(
    request: CallRequest<"readStderr">,
    options?: AgentCallOptions,
  ): Promise<CallAnswer<"readStderr">> {
    return this.ask("readStderr", method.readStderr, request, options);
  }

  /**
   * Closes what a process reads.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async closeStdin(request: CallRequest<"closeStdin">, options?: AgentCallOptions): Promise<void> {
    await this.ask("closeStdin", method.closeStdin, request, options);
  }

  /**
   * Tells a terminal its size.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async ttyWinResize(request: CallRequest<"ttyWinResize">, options?: AgentCallOptions): Promise<void> {
    await this.ask("ttyWinResize", method.ttyWinResize, request, options);
  }
}
