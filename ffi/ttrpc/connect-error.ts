/** Why a connection was not made. */
export interface ConnectFailure {
  readonly code: string;
  readonly reason: string;
  readonly isAbsent?: boolean;
  readonly cause?: unknown;
}

/**
 * No connection to an address was made in time.
 *
 * @example
 * ```ts
 * import { connectTtrpc, TtrpcConnectError } from "guestshare/ttrpc";
 *
 * try {
 *   await connectTtrpc("hvsock:///run/nothing/kata.hvsock:1024", { timeoutMs: 10 });
 * } catch (error) {
 *   if (!(error instanceof TtrpcConnectError)) throw error;
 *   console.log(error.code, error.isAbsent); // ENOENT true
 * }
 * ```
 */
export class TtrpcConnectError extends Error {
  /** Always "TtrpcConnectError". */
  override readonly name = "TtrpcConnectError";
  /** The address. */
  readonly address: string;
  /** An errno's name: of the last attempt, or "ECANCELED" for an aborted signal. */
  readonly code: string;
  /** What the code means here. */
  readonly reason: string;
  /** Whether no peer listens there at all. */
  readonly isAbsent: boolean;

  /** Of an address, and why there is no connection. */
  constructor(address: string, { code, reason, isAbsent = false, cause }: ConnectFailure) {
    super(`Cannot connect to ${JSON.stringify(address)}: ${code} (${reason})`, { cause });
    this.address = address;
    this.code = code;
    this.reason = reason;
    this.isAbsent = isAbsent;
  }
}
