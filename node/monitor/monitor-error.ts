/** What kept a monitor from looking. */
export type MonitorErrorCode =
  /** The child that looks could not be started. */
  | "not-started"
  /** The mount namespace of the runtime could not be entered, or a look failed there. */
  | "failed"
  /** The child has ended. */
  | "ended"
  /** The child has said nothing for too long, and was killed. */
  | "silent"
  /** The monitor was closed. */
  | "closed";

/** A monitor could not look at its node. */
export class MonitorError extends Error {
  /** Always "MonitorError". */
  override readonly name = "MonitorError";
  /** What kept it. */
  readonly code: MonitorErrorCode;
  /** What happened, and what to do. */
  readonly reason: string;

  /** Of a code and what happened. */
  constructor(code: MonitorErrorCode, reason: string, options?: ErrorOptions) {
    super(`Cannot look at the node's mounts: ${reason}`, options);
    this.code = code;
    this.reason = reason;
  }
}
