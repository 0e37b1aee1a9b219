import { AgentService } from "../../../../ffi/agent/generated/agent_pb.ts";
import { Health, HealthCheckResponse_ServingStatus } from "../../../../ffi/agent/generated/health_pb.ts";
import { TtrpcRefusal } from "../../../../ffi/ttrpc/refusal.ts";
import { TtrpcServer } from "../../../../ffi/ttrpc/server.ts";
import type { TtrpcHandlers } from "../../../../ffi/ttrpc/services.ts";
import { type AgentTraits, newest } from "../agent-traits.ts";
import { containerCalls } from "./container-calls.ts";
import type { PlayedMachine } from "./machine.ts";
import { killAll, PlayedSandbox } from "./played-sandbox.ts";
import { processCalls, streamCalls } from "./process-calls.ts";
import { sandboxCalls } from "./sandbox-calls.ts";
import { volumeCalls } from "./volume-calls.ts";

/**
 * Plays Kata's agent: answers its calls by the rules of the real one, with what it insists on, counts, deletes and forgets.
 * What it does in a guest, a machine does for it.
 */
export class PlayedAgent {
  /** Where it listens, as `connectAgent` takes it. */
  readonly address: string;
  readonly #server: TtrpcServer;
  readonly #sandbox: PlayedSandbox;

  private constructor(address: string, machine: PlayedMachine, traits: AgentTraits) {
    this.address = address;
    this.#sandbox = new PlayedSandbox(machine, traits);
    this.#server = new TtrpcServer({ onUnknown: unknownCall });
    this.#server.register(Health, {
      check: () => ({ status: HealthCheckResponse_ServingStatus.SERVING }),
      version: () => ({ agentVersion: traits.version, grpcVersion: "0.0.1" }),
    });
    // When the sandbox is destroyed, the agent ends once that is answered.
    const end = () => void this.#server.shutdown({ timeoutMs: 1000 });
    const calls: TtrpcHandlers<typeof AgentService> = {
      ...sandboxCalls(this.#sandbox, end),
      ...containerCalls(this.#sandbox),
      ...processCalls(this.#sandbox),
      ...streamCalls(this.#sandbox),
      ...volumeCalls(this.#sandbox),
    };
    const lacks = Object.entries(traits.lacks).map(([name, refusal]) => {
      const refuse = () => {
        throw new TtrpcRefusal(...refusal);
      };
      return [name, refuse];
    });
    this.#server.register(AgentService, { ...calls, ...Object.fromEntries(lacks) });
  }

  /** An agent that listens on a unix socket at a path, and works in a machine: the newest one, or one with other traits. */
  static async start(
    socketPath: string,
    machine: PlayedMachine,
    traits: AgentTraits = newest,
  ): Promise<PlayedAgent> {
    const agent = new PlayedAgent(`unix://${socketPath}`, machine, traits);
    await agent.#server.listen(agent.address);
    return agent;
  }

  /** Has a container's memory run out, as far as the agent tells. */
  outOfMemory(container: string): void {
    this.#sandbox.outOfMemory.push(new TextEncoder().encode(container));
  }

  /** Ends it with all processes that it started. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
    for (const container of this.#sandbox.containers.values()) await killAll(container);
  }
}

// As the code that is made for ttrpc in Rust refuses calls that a program leaves out.
function unknownCall({ service, method }: { service: string; method: string }): TtrpcRefusal {
  if (service === AgentService.typeName)
    return new TtrpcRefusal("NOT_FOUND", `/${service}/${method} is not supported`);
  return new TtrpcRefusal("INVALID_ARGUMENT", `"${service} does not exist"`);
}
