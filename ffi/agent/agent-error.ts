import type { Sent, TtrpcFailure, TtrpcTrouble } from "./ttrpc-error.ts";

/** What was wanted of the agent: that it writes a file, is well, or says which one it is. */
export type AgentRequest = "copyFile" | "check" | "version";

/** What became of a request that did not succeed. */
export interface AgentFailure extends TtrpcFailure {
  readonly request: AgentRequest;
  readonly path?: string;
  readonly sent: Sent;
}

/** The agent refused a request, or did not answer it. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly request: AgentRequest;
  /** Where, in the guest; empty for a request that is about no file. */
  readonly path: string;
  /** What kind of trouble it was: "status" where the agent refused. */
  readonly trouble: TtrpcTrouble;
  /** The agent's status as a number; 0 where it did not answer. */
  readonly status: number;
  /** gRPC's name, such as "PERMISSION_DENIED" or "DEADLINE_EXCEEDED". */
  readonly code: string;
  /** The agent's explanation, or what happened instead of an answer. */
  readonly reason: string;
  /** How much of the request was sent. After "nothing" the agent has done nothing, after the others perhaps. */
  readonly sent: Sent;

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
