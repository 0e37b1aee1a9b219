import { TtrpcFrameError } from "./frame.ts";
import type { FrameReader } from "./frame-reader.ts";
import { UnexpectedReply } from "./streams.ts";
import type { TtrpcFailure } from "./ttrpc-error.ts";

// The ends of a connection, which all its calls fail with.

const connection = (reason: string, cause?: unknown): TtrpcFailure => ({
  ...{ trouble: "connection", code: "UNAVAILABLE" },
  ...{ reason, cause },
});

export const closedHere: TtrpcFailure = connection("the client was closed");
export const closedThere: TtrpcFailure = connection("the peer closed the connection");

/** The peer closed the connection, perhaps in the middle of a frame. */
export function closedAt(reader: FrameReader): TtrpcFailure {
  try {
    reader.end();
    return closedThere;
  } catch (cause) {
    const state = cause instanceof TtrpcFrameError ? cause.state : String(cause);
    return connection(`the peer closed the connection in the middle of a frame, ${state}`, cause);
  }
}

/** The connection broke. */
export function broken(error: Error): TtrpcFailure {
  const code = "code" in error ? String(error.code) : "";
  if (code === "ECONNRESET" || code === "EPIPE")
    return connection(`the peer broke the connection: ${code}`, error);
  return connection(`the connection broke: ${error.message}`, error);
}

/** The peer broke the protocol. */
export function breach(cause: TtrpcFrameError | UnexpectedReply): TtrpcFailure {
  return {
    trouble: "protocol",
    code: "INTERNAL",
    reason: `the peer broke the protocol: ${breachOf(cause)}`,
    cause,
  };
}

function breachOf(cause: TtrpcFrameError | UnexpectedReply): string {
  if (cause instanceof UnexpectedReply) return cause.message;
  return `a frame of stream ${cause.streamId} is wrong: ${cause.state}`;
}

/** The peer answered none of so many calls. */
export function silent(calls: number): TtrpcFailure {
  return connection(`${calls} calls were given up, and the peer answered none of them`);
}
