import type { AgentCallOptions } from "./agent.ts";
import type { CallAnswer, CallRequest } from "./call-types.ts";
import { AgentConnection } from "./connection.ts";
import { AgentService } from "./generated/agent_pb.ts";

const { method } = AgentService;

/** The calls that are about the guest as a whole. */
export class SandboxCalls extends AgentConnection {
  /**
   * Creates the sandbox, and mounts its storages. **The agent first deletes all below /run/kata-containers**: where a share is mounted
   * there already, the host's files, through each writable one. `GuestSandbox` guards against that; this call does not.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async createSandbox(request: CallRequest<"createSandbox">, options?: AgentCallOptions): Promise<void> {
    await this.ask("createSandbox", method.createSandbox, request, options);
  }

  /**
   * Ends all containers, unmounts what the agent mounted, and ends the agent; as PID 1, the machine.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async destroySandbox(options?: AgentCallOptions): Promise<void> {
    await this.ask("destroySandbox", method.destroySandbox, {}, options);
  }

  /**
   * What the guest and its agent are: the agent's version, whether it is PID 1, what it can mount.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  getGuestDetails(
    request: CallRequest<"getGuestDetails"> = {},
    options?: AgentCallOptions,
  ): Promise<CallAnswer<"getGuestDetails">> {
    return this.ask("getGuestDetails", method.getGuestDetails, request, options);
  }

  /**
   * Waits until a container is out of memory. Only one such call is answered at a time. It may wait for 24 days.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  getOOMEvent(options?: AgentCallOptions): Promise<CallAnswer<"getOOMEvent">> {
    return this.ask("getOOMEvent", method.getOOMEvent, {}, options);
  }

  /**
   * Brings hot-plugged CPUs and memory online.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async onlineCPUMem(request: CallRequest<"onlineCPUMem">, options?: AgentCallOptions): Promise<void> {
    await this.ask("onlineCPUMem", method.onlineCPUMem, request, options);
  }

  /**
   * Sets the policy by which an agent that was built with it judges later calls.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async setPolicy(request: CallRequest<"setPolicy">, options?: AgentCallOptions): Promise<void> {
    await this.ask("setPolicy", method.setPolicy, request, options);
  }

  /**
   * Has the guest look at its mounts of shares, so that it forgets those that are gone. Agents from before 2023 do not have it.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async removeStaleVirtiofsShareMounts(options?: AgentCallOptions): Promise<void> {
    await this.ask("removeStaleVirtiofsShareMounts", method.removeStaleVirtiofsShareMounts, {}, options);
  }

  /**
   * What a container left for its caller: `logType` "termination_log". Few agents from before 4.0 have it.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  getDiagnosticData(
    request: CallRequest<"getDiagnosticData">,
    options?: AgentCallOptions,
  ): Promise<CallAnswer<"getDiagnosticData">> {
    return this.ask("getDiagnosticData", method.getDiagnosticData, request, options);
  }
}
