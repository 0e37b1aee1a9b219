/** Why there is no connection. */
export interface ConnectFailure {
  readonly code: string;
  readonly reason: string;
  readonly isAbsent?: boolean;
  readonly cause?: unknown;
}

/**
 * There is no connection to an address, not in the time that was given.
 *
 * @example
 * ```ts
 * import { connectAgent, TtrpcConnectError } from "guestshare/agent";
 *
 * try {
 *   await connectAgent("hvsock:///run/nothing/kata.hvsock:1024", { timeoutMs: 10 });
 * } catch (error) {
 *   if (!(error instanceof TtrpcConnectError)) throw error;
 *   console.log(error.code, error.isAbsent); // ENOENT true
 * }
 * ```
 */
export class TtrpcConnectError extends Error {
  override readonly name = "TtrpcConnectError";
  readonly address: string;
  /** An errno's name: of the last try, or "ECANCELED" for a signal. */
  readonly code: string;
  readonly reason: string;
  /** Whether nobody listens there at all. */
  readonly isAbsent: boolean;

  constructor(address: string, { code, reason, isAbsent = false, cause }: ConnectFailure) {
    super(`Cannot connect to ${JSON.stringify(address)}: ${code} (${reason})`, { cause });
    this.address = address;
    this.code = code;
    this.reason = reason;
    this.isAbsent = isAbsent;
  }
}
