import { oneLine } from "./one-line.ts";

/**
 * Why a call failed: the peer answered with a status; its time was up; its signal was aborted; the connection ended; the peer
 * broke the protocol; or the request could not be sent.
 */
export type TtrpcTrouble = "status" | "deadline" | "aborted" | "connection" | "protocol" | "request";

/** How much of a request was sent: nothing; perhaps some of it; or all, at least to this host's kernel. */
export type Sent = "nothing" | "some" | "all";

/** Why calls fail. */
export interface TtrpcFailure {
  /** Who or what ended the call. */
  readonly trouble: TtrpcTrouble;
  /** The peer's own number. */
  readonly status?: number;
  /** A gRPC code's name. */
  readonly code: string;
  /** The peer's explanation, or what happened instead of an answer. */
  readonly reason: string;
  /** The error that it comes from, if there is one. */
  readonly cause?: unknown;
}

/** A call, and how much of it was sent. */
export interface CallState {
  readonly service: string;
  readonly method: string;
  readonly sent: Sent;
}

/**
 * A call failed.
 *
 * @example
 * ```ts
 * import { PassThrough } from "node:stream";
 * import { TtrpcClient, TtrpcError } from "guestshare/ttrpc";
 *
 * const client = new TtrpcClient(new PassThrough()); // its own requests come back to it
 * try {
 *   await client.call({ service: "grpc.Health", method: "Check" });
 * } catch (error) {
 *   if (!(error instanceof TtrpcError)) throw error;
 *   console.log(error.service, error.method, error.trouble, error.code); // grpc.Health Check protocol INTERNAL
 * }
 * ```
 */
export class TtrpcError extends Error {
  /** Always "TtrpcError". */
  override readonly name = "TtrpcError";
  /** The service's full name. */
  readonly service: string;
  /** The method's name. */
  readonly method: string;
  /** Who or what ended the call. */
  readonly trouble: TtrpcTrouble;
  /** The peer's status as a number; 0 if it did not answer. */
  readonly status: number;
  /**
   * A gRPC code's name: of the peer's status, such as "PERMISSION_DENIED", or by `trouble`: "DEADLINE_EXCEEDED",
   * "CANCELLED", "UNAVAILABLE" for the connection, "INTERNAL" for the protocol, "INVALID_ARGUMENT" or
   * "RESOURCE_EXHAUSTED" for a request that could not be sent.
   */
  readonly code: string;
  /** The peer's explanation, or what happened instead of an answer. One line of at most 2,000 characters. */
  readonly reason: string;
  /** How much of the request was sent. After "nothing" the peer has done nothing; else it may have. */
  readonly sent: Sent;

  /** Of a call, and why it failed; the message is written from both. */
  constructor(
    { service, method, sent }: CallState,
    { trouble, status = 0, code, reason, cause }: TtrpcFailure,
  ) {
    const line = oneLine(reason);
    super(`Cannot call ${JSON.stringify(`${service}/${method}`)}: ${code} (${line})`, { cause });
    this.service = service;
    this.method = method;
    this.trouble = trouble;
    this.status = status;
    this.code = code;
    this.reason = line;
    this.sent = sent;
  }
}
