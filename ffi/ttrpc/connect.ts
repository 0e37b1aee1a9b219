import type { Duplex } from "node:stream";
import { parseAddress, type SocketAddress } from "./address.ts";
import { TtrpcClient } from "./client.ts";
import { filled } from "./client-options.ts";
import { TtrpcConnectError } from "./connect-error.ts";
import { dial } from "./dial.ts";
import { canceled, DialError } from "./dial-error.ts";
import { checkOptionNames, type OptionNames } from "./option-names.ts";
import { retry } from "./retry.ts";
import { wrongTimeout } from "./timeout.ts";
import { dialVsock, type VsockAddress } from "./vsock.ts";

/** How to connect. */
export interface ConnectOptions {
  /**
   * How long to wait in all for a peer that listens and answers: a guest may still be booting. Default 30,000. A program that
   * knows that its peer runs already says less.
   */
  readonly timeoutMs?: number | undefined;
  /** Ends the waiting at once. */
  readonly signal?: AbortSignal | undefined;
  /** How long an answer may take, unless the call says otherwise. Default 60,000. */
  readonly callTimeoutMs?: number | undefined;
}

const names: OptionNames<ConnectOptions> = { timeoutMs: true, signal: true, callTimeoutMs: true };

const CONNECT_MS = 30_000;
const HANDSHAKE_MS = 10_000;

/**
 * A client of the peer that listens at an address:
 * - `unix://<path>`, or `unix://@<name>` for an abstract one, and `remote://<path>`: a unix socket.
 * - `hvsock://<path>:<port>`: a port in the guest, through the unix socket of a hypervisor's hybrid vsock.
 * - `vsock://<cid>:<port>`: a port of a virtual machine; on Deno only, started with `--unstable-vsock`.
 *
 * A peer that does not listen yet, or whose guest does not, is waited for: the attempt is repeated, with pauses.
 *
 * @throws {TtrpcAddressError} for a text that is no address.
 * @throws {TtrpcConnectError} once the time is up, with the error of the last attempt; at once if waiting would not help.
 *
 * @example
 * ```ts
 * import { connectTtrpc, TtrpcConnectError } from "guestshare/ttrpc";
 *
 * try {
 *   const client = await connectTtrpc("hvsock:///run/vc/vm/s1/clh.sock:1024", { timeoutMs: 10 });
 *   await client.close();
 * } catch (error) {
 *   if (!(error instanceof TtrpcConnectError)) throw error;
 *   console.log(error.code); // ENOENT
 * }
 * ```
 */
export async function connectTtrpc(address: string, options: ConnectOptions = {}): Promise<TtrpcClient> {
  checkOptionNames(options, names);
  const { timeoutMs = CONNECT_MS, signal, callTimeoutMs } = options;
  const place = parseAddress(address);
  const wrong =
    wrongTimeout(timeoutMs) ||
    (callTimeoutMs === undefined ? "" : wrongTimeout(callTimeoutMs, "callTimeoutMs"));
  if (wrong !== "") throw new TypeError(wrong);
  const clientOptions = filled(callTimeoutMs === undefined ? {} : { timeoutMs: callTimeoutMs });
  try {
    return new TtrpcClient(await streamTo(place, timeoutMs, signal), clientOptions);
  } catch (cause) {
    if (!(cause instanceof DialError)) throw cause;
    throw new TtrpcConnectError(address, {
      ...{ code: cause.code, isAbsent: cause.isAbsent, cause },
      reason: cause.mayPass ? `${cause.message}, for ${timeoutMs} ms` : cause.message,
    });
  }
}

function streamTo(
  address: SocketAddress | VsockAddress,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  const attempt = async (leftMs: number): Promise<Duplex> => {
    if (signal?.aborted) throw canceled(signal.reason);
    const timeMs = Math.min(leftMs, HANDSHAKE_MS);
    return "cid" in address ? dialVsock(address, timeMs, signal) : dial(address, timeMs, signal);
  };
  const mayPass = (error: unknown) => error instanceof DialError && error.mayPass;
  return retry(attempt, { timeoutMs, mayPass, signal });
}
