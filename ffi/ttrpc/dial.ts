import { connect, type OnReadOpts, type Socket } from "node:net";
import type { SocketAddress } from "./address.ts";
import { dialErrorOf } from "./dial-error.ts";
import { shakeHands } from "./handshake.ts";
import { within } from "./time-limit.ts";

/**
 * A connected socket, paused behind a handshake if the address has a port. It is closed if the attempt fails. `onread` has it read into
 * the caller's memory; with a handshake there is none.
 *
 * @throws {DialError} if there is no connection within the time, or the signal is aborted.
 */
export async function dial(
  { path, port }: SocketAddress,
  timeMs: number,
  signal?: AbortSignal,
  onread?: OnReadOpts,
): Promise<Socket> {
  const socket = opened(path, onread);
  // The listener stays: an error that nobody hears would end the process.
  const broken = new Promise<never>((_, reject) => {
    socket.on("error", (error) => reject(dialErrorOf(error, path)));
  });
  try {
    await within(Promise.race([ready(socket, port), broken]), timeMs, signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function opened(path: string, onread: OnReadOpts | undefined): Socket {
  try {
    return connect({ path, ...(onread && { onread }) });
  } catch (error) {
    throw dialErrorOf(error, path);
  }
}

async function ready(socket: Socket, port: number | undefined): Promise<void> {
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  if (port !== undefined) await shakeHands(socket, port);
}
