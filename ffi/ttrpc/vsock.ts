import { Duplex } from "node:stream";
import type { ReadableStream, WritableStream } from "node:stream/web";
import { DialError, vsockErrorOf } from "./dial-error.ts";
import { within } from "./time-limit.ts";

/** A port of a virtual machine, by the machine's context id. */
export interface VsockAddress {
  readonly cid: number;
  readonly port: number;
}

// The part of Deno's API that is used here; the package is type checked without Deno's own types.
interface Deno {
  connect(options: { transport: "vsock"; cid: number; port: number }): Promise<Connection>;
}
interface Connection {
  readonly readable: ReadableStream;
  readonly writable: WritableStream;
  close(): void;
}

/** Whether this runtime has vsock: Deno does, and its shim on Node does not. */
export function hasVsock(): boolean {
  const { Deno: deno } = globalThis as { Deno?: object };
  return deno !== undefined && "dlopen" in deno;
}

/**
 * A connection to a virtual machine's port. Deno ends the program if it was started without `--unstable-vsock`.
 *
 * @throws {DialError} if there is no connection within the time, or the signal is aborted.
 */
export async function dialVsock(
  { cid, port }: VsockAddress,
  timeMs: number,
  signal?: AbortSignal,
): Promise<Duplex> {
  const { Deno: deno } = globalThis as unknown as { Deno: Deno };
  const connecting = deno.connect({ transport: "vsock", cid, port });
  try {
    const { readable, writable } = await within(connecting, timeMs, signal);
    return Duplex.fromWeb({ readable, writable });
  } catch (error) {
    connecting.then((connection) => connection.close()).catch(() => {}); // a connection that comes late has no user
    throw error instanceof DialError ? error : vsockErrorOf(error, { cid, port });
  }
}
