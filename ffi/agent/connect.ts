import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import { type Address, parseAddress } from "./address.ts";
import { TtrpcClient } from "./client.ts";
import { filled, wrongTimeout } from "./client-options.ts";
import { TtrpcConnectError } from "./connect-error.ts";
import { dial } from "./dial.ts";
import { canceled, DialError } from "./dial-error.ts";
import { dialVsock } from "./vsock.ts";
import type { VsockAddress } from "./vsock-address.ts";

/** How to connect. */
export interface ConnectOptions {
  /**
   * How long to wait in all for somebody who listens and answers: a guest may still be booting. Default 30,000. Whoever knows that
   * somebody has to be there by now says less.
   */
  readonly timeoutMs?: number | undefined;
  /** Ends the waiting at once. */
  readonly signal?: AbortSignal | undefined;
  /** How long the answer to a call may take that does not say. Default 60,000. */
  readonly callTimeoutMs?: number | undefined;
}

const names: OptionNames<ConnectOptions> = { timeoutMs: true, signal: true, callTimeoutMs: true };

const CONNECT_MS = 30_000;
const HANDSHAKE_MS = 10_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/**
 * A client of what listens at an address, on which nothing was called yet:
 * - `unix://<path>`, or `unix://@<name>` for an abstract one, and `remote://<path>`: a unix socket.
 * - `hvsock://<path>:<port>`: a port in the guest, through the unix socket of a hypervisor's hybrid vsock.
 * - `vsock://<cid>:<port>`: a port of a virtual machine; on Deno only, started with `--unstable-vsock`.
 *
 * Somebody who does not listen yet, or whose guest does not, is waited for, with pauses between the tries.
 *
 * @throws {TtrpcAddressError} for an address that is none.
 * @throws {TtrpcConnectError} in the end, with the trouble of the last try; at once where waiting would not help.
 *
 * @example
 * ```ts
 * import { connectTtrpc, TtrpcConnectError } from "guestshare/agent";
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

type Place = Address | VsockAddress;

async function streamTo(place: Place, timeoutMs: number, signal?: AbortSignal): Promise<Duplex> {
  const end = performance.now() + timeoutMs;
  let last: DialError | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    if (signal?.aborted) throw canceled(signal.reason);
    const leftMs = Math.max(1, Math.ceil(end - performance.now()));
    try {
      const withinMs = Math.min(leftMs, HANDSHAKE_MS);
      return await ("cid" in place ? dialVsock(place, withinMs, signal) : dial(place, withinMs, signal));
    } catch (error) {
      if (!(error instanceof DialError && error.mayPass)) throw error;
      // The last try has little time: what was heard before says more than that there was no answer to it.
      if (!last || error.code !== "ETIMEDOUT") last = error;
    }
    const pause = Math.min(pauseMs, end - performance.now());
    if (pause <= 0) throw last;
    await sleep(pause, undefined, signal && { signal }).catch(() => {});
  }
}
