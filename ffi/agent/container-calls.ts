import type { AgentCallOptions } from "./agent.ts";
import type { CallAnswer, CallRequest } from "./call-types.ts";
import { AgentService } from "./generated/agent_pb.ts";
import { SandboxCalls } from "./sandbox-calls.ts";

const { method } = AgentService;

/** The calls that are about a container, and about volumes. */
export class ContainerCalls extends SandboxCalls {
  /**
   * Mounts a container's storages, and creates the container: `ociMessage` makes the message of a bundle.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async createContainer(request: CallRequest<"createContainer">, options?: AgentCallOptions): Promise<void> {
    await this.ask("createContainer", method.createContainer, request, options);
  }

  /**
   * Starts the program of a created container.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async startContainer(request: CallRequest<"startContainer">, options?: AgentCallOptions): Promise<void> {
    await this.ask("startContainer", method.startContainer, request, options);
  }

  /**
   * Ends all processes of a container, and removes it. Its `timeout` is in seconds, 0 for ever.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async removeContainer(request: CallRequest<"removeContainer">, options?: AgentCallOptions): Promise<void> {
    await this.ask("removeContainer", method.removeContainer, request, options);
  }

  /**
   * What a container uses of CPUs, memory and disks.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  statsContainer(
    request: CallRequest<"statsContainer">,
    options?: AgentCallOptions,
  ): Promise<CallAnswer<"statsContainer">> {
    return this.ask("statsContainer", method.statsContainer, request, options);
  }

  /**
   * Gives mounts of the driver "ephemeral" other options, such as a size.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async updateEphemeralMounts(
    request: CallRequest<"updateEphemeralMounts">,
    options?: AgentCallOptions,
  ): Promise<void> {
    await this.ask("updateEphemeralMounts", method.updateEphemeralMounts, request, options);
  }

  /**
   * How full a volume is, by its path in the guest.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  getVolumeStats(
    request: CallRequest<"getVolumeStats">,
    options?: AgentCallOptions,
  ): Promise<CallAnswer<"getVolumeStats">> {
    return this.ask("getVolumeStats", method.getVolumeStats, request, options);
  }

  /**
   * Resizes a volume. No agent implements it up to 4.1.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  async resizeVolume(request: CallRequest<"resizeVolume">, options?: AgentCallOptions): Promise<void> {
    await this.ask("resizeVolume", method.resizeVolume, request, options);
  }
}
