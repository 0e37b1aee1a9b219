import type { Sent, TtrpcFailure, TtrpcTrouble } from "../ttrpc/ttrpc-error.ts";

/** A request of the agent: to write a file, to say whether it serves, or to say its version. */
export type AgentRequest = "copyFile" | "check" | "version";

/** A request that failed. */
export interface AgentFailure extends TtrpcFailure {
  readonly request: AgentRequest;
  readonly path?: string;
  readonly sent: Sent;
}

/** The agent refused a request, or did not answer it. */
export class AgentError extends Error {
  /** Always "AgentError". */
  override readonly name = "AgentError";
  /** What was asked of the agent. */
  readonly request: AgentRequest;
  /** The path in the guest; empty for a request that is about no file. */
  readonly path: string;
  /** The kind of failure: "status" if the agent refused. */
  readonly trouble: TtrpcTrouble;
  /** The agent's status as a number; 0 if it did not answer. */
  readonly status: number;
  /** A gRPC code's name, such as "PERMISSION_DENIED" or "DEADLINE_EXCEEDED". */
  readonly code: string;
  /** The agent's explanation, or what happened instead of an answer. */
  readonly reason: string;
  /** How much of the request was sent. After "nothing" the agent has done nothing; else it may have. */
  readonly sent: Sent;

  /** Of a request that failed; the message is written from its facts. */
  constructor({ request, path = "", trouble, status = 0, code, reason, sent, cause }: AgentFailure) {
    super(`Cannot ${phraseOf(request, path)}: ${code} (${reason})`, { cause });
    this.request = request;
    this.path = path;
    this.trouble = trouble;
    this.status = status;
    this.code = code;
    this.reason = reason;
    this.sent = sent;
  }
}

function phraseOf(request: AgentRequest, path: string): string {
  switch (request) {
    case "copyFile":
      return path === "" ? "copy to the guest" : `copy to ${JSON.stringify(path)} in the guest`;
    case "check":
      return "ask the agent how it is";
    case "version":
      return "ask the agent for its version";
  }
}
