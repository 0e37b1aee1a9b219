import type { Sent, TtrpcFailure, TtrpcTrouble } from "../ttrpc/ttrpc-error.ts";
import { hintOf } from "./call-hints.ts";
import { type AgentRequest, phraseOf } from "./call-words.ts";

/** A request that failed. */
export interface AgentFailure extends TtrpcFailure {
  readonly request: AgentRequest;
  readonly path?: string;
  readonly container?: string;
  readonly sent: Sent;
}

/** The agent refused a request, or did not answer it. */
export class AgentError extends Error {
  /** Always "AgentError". */
  override readonly name = "AgentError";
  /** What was asked of the agent, such as "createContainer". */
  readonly request: AgentRequest;
  /** The path in the guest; empty for a request that is about no file. */
  readonly path: string;
  /** The id of the container, or of the sandbox; empty for a request that is about neither. */
  readonly container: string;
  /** The kind of failure: "status" if the agent refused. */
  readonly trouble: TtrpcTrouble;
  /** The agent's status as a number; 0 if it did not answer. */
  readonly status: number;
  /** A gRPC code's name, such as "PERMISSION_DENIED" or "DEADLINE_EXCEEDED". */
  readonly code: string;
  /** The agent's explanation, or what happened instead of an answer. */
  readonly reason: string;
  /** What is known of such a failure; empty if nothing is. */
  readonly hint: string;
  /** How much of the request was sent. After "nothing" the agent has done nothing; else it may have. */
  readonly sent: Sent;

  /** Of a request that failed; the message is written from its facts. */
  constructor(failure: AgentFailure) {
    const { request, path = "", container = "", trouble, status = 0, code, reason, sent, cause } = failure;
    const hint = hintOf(request, reason);
    const told = hint === "" ? reason : `${reason}; ${hint}`;
    super(`Cannot ${phraseOf(request, path || container)}: ${code} (${told})`, { cause });
    this.request = request;
    this.path = path;
    this.container = container;
    this.trouble = trouble;
    this.status = status;
    this.code = code;
    this.reason = reason;
    this.hint = hint;
    this.sent = sent;
  }
}
