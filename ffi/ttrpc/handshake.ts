import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { DialError } from "./dial-error.ts";
import { oneLine } from "./one-line.ts";

// Hypervisors answer "OK <their port>".
const LONGEST_LINE = 256;
const NEWLINE = 10;

/**
 * Asks a hybrid vsock's socket for a port in the guest. The bytes behind the answer's newline stay in the socket, which is
 * paused.
 *
 * @throws {DialError} for an answer that is not OK, or a connection that ends. The caller limits the time.
 */
export function shakeHands(socket: Socket, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let line = "";
    const settle = (error?: DialError) => {
      socket.off("data", onData).off("end", onEnd).off("close", onEnd);
      if (error) return reject(error);
      resolve();
    };
    const onEnd = () => settle(refused(port, "the connection was closed instead of an answer"));
    const onData = (piece: Buffer) => {
      const end = piece.indexOf(NEWLINE);
      line += piece.toString("latin1", 0, end < 0 ? piece.length : end);
      if (line.length > LONGEST_LINE) return settle(refused(port, "the answer has no end"));
      if (end < 0) return;
      if (!line.includes("OK"))
        return settle(refused(port, `the answer was ${JSON.stringify(oneLine(line))}`));
      socket.pause();
      if (end + 1 < piece.length) socket.unshift(piece.subarray(end + 1));
      settle();
    };
    socket.on("data", onData).on("end", onEnd).on("close", onEnd);
    socket.write(`CONNECT ${port}\n`);
  });
}

// The guest may still be booting.
function refused(port: number, reason: string): DialError {
  return new DialError("ECONNREFUSED", `port ${port} of the guest: ${reason}`, { mayPass: true });
}
