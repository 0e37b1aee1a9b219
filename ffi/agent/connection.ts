import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import type { TtrpcClient } from "../ttrpc/client.ts";
import { TtrpcError } from "../ttrpc/ttrpc-error.ts";
import type { AgentCallOptions } from "./agent.ts";
import { AgentError, type AgentFailure } from "./agent-error.ts";
import { timeoutOf } from "./call-timeouts.ts";
import type { AgentRequest } from "./call-words.ts";

export const callOptionNames: OptionNames<AgentCallOptions> = { timeoutMs: true, signal: true };

/** What a request is about. */
export type About = Pick<AgentFailure, "request" | "path" | "container">;

/** A connection to an agent, and how each call is made. */
export class AgentConnection {
  /** The client that makes the calls. */
  protected readonly client: TtrpcClient;
  /** Settles when the connection ends, with the reason. */
  readonly ended: Promise<AgentError>;

  /** The agent at the other end of a client's connection. */
  constructor(client: TtrpcClient) {
    this.client = client;
    this.ended = client.ended.then(
      (failure) => new AgentError({ request: "copyFile", sent: "nothing", ...failure }),
    );
  }

  /** Ends the connection. Open calls fail; closing again is fine. */
  close(): Promise<void> {
    return this.client.close();
  }

  /** As `close`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Makes a call.
   *
   * @throws {AgentError} if the agent refuses, does not answer in time, or answers with something else.
   */
  protected async ask<I extends DescMessage, O extends DescMessage>(
    request: AgentRequest,
    method: DescMethodUnary<I, O>,
    message: MessageInitShape<I>,
    options: AgentCallOptions = {},
  ): Promise<MessageShape<O>> {
    checkOptionNames(options, callOptionNames);
    const { timeoutMs = timeoutOf(request), signal } = options;
    const about = { request, ...subjectOf(message) };
    return this.client.invoke(method, message, { timeoutMs, signal }).catch(fail(about));
  }
}

// The field by which the agent knows what a request is about.
function subjectOf(message: object): { path?: string; container?: string } {
  const fields = message as Readonly<Record<string, unknown>>;
  const textOf = (name: string) => (typeof fields[name] === "string" ? fields[name] : "");
  return {
    path: textOf("volumeGuestPath"),
    container: textOf("containerId") || textOf("sandboxId"),
  };
}

/** Makes an AgentError of a call's failure. */
export function fail(about: About): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof TtrpcError)) throw error;
    const { trouble, status, code, sent } = error;
    const reason = withoutBacktrace(error.reason);
    throw new AgentError({ ...about, ...{ trouble, status, code, reason, sent }, cause: error });
  };
}

// Newer agents add a backtrace to each refusal, some with the line ends as a program writes them. The cause of the error has it.
function withoutBacktrace(reason: string): string {
  const at = reason.search(/(?:\s|\\n)*Stack backtrace:/);
  return at < 0 ? reason : reason.slice(0, at);
}
