import { oneLine } from "../ttrpc/one-line.ts";

/**
 * What went wrong between a plugin and its runtime:
 * - `connect`: nobody listens on the socket, or this process may not connect.
 * - `refused`: the runtime refused the plugin, or an update.
 * - `closed`: the connection ended. Why a runtime dropped a plugin, only the runtime's log says.
 * - `protocol`: the runtime sent what is no NRI.
 * - `deadline`: the runtime did not answer in time.
 * - `limit`: the runtime sent more than a plugin takes.
 * - `handler`: the plugin's own `synchronize` has thrown.
 * - `aborted`: the plugin was closed, or its signal aborted.
 */
export type NriTrouble =
  | "connect"
  | "refused"
  | "closed"
  | "protocol"
  | "deadline"
  | "limit"
  | "handler"
  | "aborted";

/** Why something failed. */
export interface NriFailure {
  /** Who or what is to blame. */
  readonly trouble: NriTrouble;
  /** The name of an errno, or of a gRPC code. */
  readonly code: string;
  /** What happened. */
  readonly reason: string;
  /** The error that it comes from, if there is one. */
  readonly cause?: unknown;
}

/**
 * A plugin and its runtime cannot go on.
 *
 * @example
 * ```ts
 * import { NriError, startPlugin } from "guestshare/nri";
 *
 * try {
 *   const options = { name: "watch", index: "10", socket: "/run/nothing/nri.sock", timeoutMs: 500 };
 *   await startPlugin({ runPodSandbox: () => {} }, options);
 * } catch (error) {
 *   if (!(error instanceof NriError)) throw error;
 *   console.log(error.trouble, error.code); // connect ENOENT
 * }
 * ```
 */
export class NriError extends Error {
  /** Always "NriError". */
  override readonly name = "NriError";
  /** Who or what is to blame. */
  readonly trouble: NriTrouble;
  /** The name of an errno, or of a gRPC code. */
  readonly code: string;
  /** What happened: one line of at most 2,000 characters. */
  readonly reason: string;

  /** Of what could not be done, such as `run plugin "10-watch"`, and why. */
  constructor(action: string, { trouble, code, reason, cause }: NriFailure) {
    const line = oneLine(reason);
    super(`Cannot ${action}: ${code} (${line})`, { cause });
    this.trouble = trouble;
    this.code = code;
    this.reason = line;
  }
}
