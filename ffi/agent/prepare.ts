import { aborted } from "./call-watch.ts";
import { type TtrpcClientSettings, wrongTimeout } from "./client-options.ts";
import { LONGEST_PAYLOAD } from "./frame.ts";
import type { PreparedCall } from "./pending-call.ts";
import { lengthOf, requestParts, type TtrpcCall, wrongCall } from "./request.ts";
import type { TtrpcFailure } from "./ttrpc-error.ts";

/** What is sent for a call, or why nothing is. */
export function prepare(
  call: TtrpcCall,
  options: TtrpcClientSettings,
  waitingBytes: number,
): PreparedCall | TtrpcFailure {
  const { timeoutMs = options.timeoutMs, signal } = call;
  if (signal?.aborted) return aborted(signal.reason);
  const wrong = wrongCall(call) || wrongTimeout(timeoutMs);
  if (wrong !== "") return { trouble: "request", code: "INVALID_ARGUMENT", reason: wrong };
  const parts = requestParts(call, timeoutMs);
  const length = lengthOf(parts);
  if (length > LONGEST_PAYLOAD)
    return exhausted(`the request has ${length} bytes, and a peer takes at most ${LONGEST_PAYLOAD}`);
  if (waitingBytes + length > options.maxWaitingBytes && waitingBytes > 0)
    return exhausted(`${waitingBytes} bytes wait already for the peer to read them`);
  return { call, timeoutMs, parts, length };
}

const exhausted = (reason: string): TtrpcFailure => ({
  ...{ trouble: "request", code: "RESOURCE_EXHAUSTED" },
  reason,
});
