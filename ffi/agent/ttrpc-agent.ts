import { checkOptionNames } from "../../words/option-names.ts";
import { type ConnectOptions, connectTtrpc } from "../ttrpc/connect.ts";
import type { Agent, AgentCallOptions, CopyFileRequest } from "./agent.ts";
import { AgentError } from "./agent-error.ts";
import { callOptionNames, fail } from "./connection.ts";
import { copyFileParts, wrongCopyFile } from "./copy-file-message.ts";
import { AgentService } from "./generated/agent_pb.ts";
import { Health, HealthCheckResponse_ServingStatus } from "./generated/health_pb.ts";
import { ProcessCalls } from "./process-calls.ts";

/** The version of an agent. */
export interface AgentVersion {
  /** The version of its program. */
  readonly agentVersion: string;
  /** The version of its interface. */
  readonly grpcVersion: string;
}

const { copyFile } = AgentService.method;
const service = AgentService.typeName;
const method = copyFile.name;

/**
 * Kata's agent, over ttrpc. Each call has a method of its name, with the message's fields in camelCase. A call takes as long as the
 * connection's calls may, unless it waits for a program.
 */
export class TtrpcAgent extends ProcessCalls implements Agent {
  async copyFile(request: CopyFileRequest, options: AgentCallOptions = {}): Promise<void> {
    checkOptionNames(options, callOptionNames);
    const about = { request: "copyFile", path: request.path } as const;
    const wrong = wrongCopyFile(request);
    if (wrong !== "") {
      const trouble = { trouble: "request", code: "INVALID_ARGUMENT", sent: "nothing" } as const;
      throw new AgentError({ ...about, ...trouble, reason: wrong });
    }
    const call = { service, method, payload: copyFileParts(request), ...options };
    await this.client.call(call).catch(fail(about));
  }

  /**
   * Whether the agent serves.
   *
   * @throws {AgentError} if it does not answer.
   */
  async check(options: AgentCallOptions = {}): Promise<boolean> {
    const { status } = await this.ask("check", Health.method.check, {}, options);
    return status === HealthCheckResponse_ServingStatus.SERVING;
  }

  /**
   * The agent's version.
   *
   * @throws {AgentError} if it does not answer.
   */
  async version(options: AgentCallOptions = {}): Promise<AgentVersion> {
    const { agentVersion, grpcVersion } = await this.ask("version", Health.method.version, {}, options);
    return { agentVersion, grpcVersion };
  }
}

/**
 * Kata's agent at an address, as `connectTtrpc` takes it: in Kata it listens on port 1024 of the guest. An agent that does not
 * listen yet, because its guest is still booting, is waited for: for `timeoutMs` at most (default 30,000), and `signal` ends the
 * waiting.
 *
 * @throws {TtrpcAddressError} for a text that is no address.
 * @throws {TtrpcConnectError} if nobody answers in time.
 *
 * @example
 * ```ts
 * import { connectAgent, TtrpcConnectError } from "guestshare/agent";
 *
 * try {
 *   const agent = await connectAgent("hvsock:///run/vc/vm/s1/clh.sock:1024", { timeoutMs: 10 });
 *   const file = { fileSize: 5, fileMode: 0o100644, dirMode: 0o750, uid: 0, gid: 0, offset: 0 };
 *   const path = "/run/kata-containers/shared/containers/c1-hosts";
 *   await agent.copyFile({ ...file, path, data: new TextEncoder().encode("hello") });
 *   await agent.close();
 * } catch (error) {
 *   if (!(error instanceof TtrpcConnectError)) throw error;
 *   console.log(error.reason); // there is no socket "/run/vc/vm/s1/clh.sock", for 10 ms
 * }
 * ```
 */
export async function connectAgent(address: string, options: ConnectOptions = {}): Promise<TtrpcAgent> {
  return new TtrpcAgent(await connectTtrpc(address, options));
}
