import { Duplex } from "node:stream";
import type { ReadableStream, WritableStream } from "node:stream/web";
import { canceled, DialError, vsockErrorOf } from "./dial-error.ts";
import type { VsockAddress } from "./vsock-address.ts";

// The part of Deno's API that is used here; the package is type checked without Deno's own types.
interface Deno {
  connect(options: { transport: "vsock"; cid: number; port: number }): Promise<Connection>;
}
interface Connection {
  readonly readable: ReadableStream;
  readonly writable: WritableStream;
  close(): void;
}

/** Whether this runtime has such sockets: Deno does, and its shim on Node does not. */
export function hasVsock(): boolean {
  const { Deno: deno } = globalThis as { Deno?: object };
  return deno !== undefined && "dlopen" in deno;
}

/**
 * A connection to a virtual machine's port. Deno ends the program where it was started without `--unstable-vsock`.
 *
 * @throws {DialError} where there is none within the time, or the signal is aborted.
 */
export async function dialVsock(
  { cid, port }: VsockAddress,
  withinMs: number,
  signal?: AbortSignal,
): Promise<Duplex> {
  const { Deno: deno } = globalThis as unknown as { Deno: Deno };
  const connecting = deno.connect({ transport: "vsock", cid, port });
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const stopped = new Promise<never>((_, reject) => {
    const late = new DialError("ETIMEDOUT", `no answer within ${withinMs} ms`, { mayPass: true });
    timer = setTimeout(() => reject(late), withinMs);
    onAbort = () => reject(canceled(signal?.reason));
    signal?.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return streamOf(await Promise.race([connecting, stopped]));
  } catch (error) {
    connecting.then((connection) => connection.close()).catch(() => {}); // one that comes late is nobody's
    throw error instanceof DialError ? error : vsockErrorOf(error, { cid, port });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function streamOf({ readable, writable }: Connection): Duplex {
  return Duplex.fromWeb({ readable, writable });
}
