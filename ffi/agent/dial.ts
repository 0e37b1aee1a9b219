import { connect, type Socket } from "node:net";
import type { Address } from "./address.ts";
import { canceled, DialError, dialErrorOf } from "./dial-error.ts";
import { shakeHands } from "./handshake.ts";

/**
 * A connected socket, paused behind a handshake where there is one. Where it comes to nothing the socket is closed.
 *
 * @throws {DialError} where there is none within the time, or the signal is aborted.
 */
export async function dial({ path, port }: Address, withinMs: number, signal?: AbortSignal): Promise<Socket> {
  const socket = opened(path);
  let stop = (_: DialError): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  const options = { mayPass: true };
  const timer = setTimeout(
    () => stop(new DialError("ETIMEDOUT", `no answer within ${withinMs} ms`, options)),
    withinMs,
  );
  const onAbort = () => stop(canceled(signal?.reason));
  signal?.addEventListener("abort", onAbort, { once: true });
  socket.on("error", (error) => stop(dialErrorOf(error, path))); // stays: an error nobody hears would end the process
  try {
    await Promise.race([ready(socket, port), stopped]);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    stopped.catch(() => {});
  }
}

function opened(path: string): Socket {
  try {
    return connect({ path });
  } catch (error) {
    throw dialErrorOf(error, path);
  }
}

async function ready(socket: Socket, port: number | undefined): Promise<void> {
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  if (port !== undefined) await shakeHands(socket, port);
}
