import { create, toBinary } from "@bufbuild/protobuf";
import { aborted } from "./call-watch.ts";
import type { TtrpcClientSettings } from "./client-options.ts";
import { FieldWriter } from "./fields.ts";
import { encodeHeader, LONGEST_PAYLOAD } from "./frame.ts";
import { RequestSchema } from "./generated/ttrpc_pb.ts";
import { wrongTimeout } from "./timeout.ts";
import type { TtrpcFailure } from "./ttrpc-error.ts";

/** A call that a program makes. */
export interface TtrpcCall {
  /** The service's full name, such as "grpc.AgentService". */
  readonly service: string;
  /** The method's name, such as "CopyFile". */
  readonly method: string;
  /**
   * The encoded message of the method, in one piece or in parts that are sent one behind the other. The bytes must not change
   * before the call succeeds: large ones are not copied at all, others later. If the call fails, they must not change before
   * the connection ends, unless `sent` is "nothing". Default: no bytes.
   */
  readonly payload?: Uint8Array | readonly Uint8Array[] | undefined;
  /** How long the answer may take, here and for the peer. Default: the client's. */
  readonly timeoutMs?: number | undefined;
  /** Gives the call up when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Pairs of words that are sent with the call, such as containerd's namespace. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** A call that can be sent. */
export interface PreparedCall {
  readonly call: TtrpcCall;
  readonly timeoutMs: number;
  /** The whole request, with the whole time. */
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}

/** The request of a call, or why it cannot be sent. */
export function prepare(
  call: TtrpcCall,
  settings: TtrpcClientSettings,
  waitingBytes: number,
): PreparedCall | TtrpcFailure {
  const { timeoutMs = settings.timeoutMs, signal } = call;
  if (signal?.aborted) return aborted(signal.reason);
  const wrong = wrongCall(call) || wrongTimeout(timeoutMs);
  if (wrong !== "") return { trouble: "request", code: "INVALID_ARGUMENT", reason: wrong };
  const parts = requestParts(call, timeoutMs);
  const length = lengthOf(parts);
  if (length > LONGEST_PAYLOAD)
    return exhausted(`the request has ${length} bytes, and a peer takes at most ${LONGEST_PAYLOAD}`);
  if (waitingBytes + length > settings.maxWaitingBytes && waitingBytes > 0)
    return exhausted(`${waitingBytes} bytes wait already for the peer to read them`);
  return { call, timeoutMs, parts, length };
}

const exhausted = (reason: string): TtrpcFailure => ({
  ...{ trouble: "request", code: "RESOURCE_EXHAUSTED" },
  reason,
});

// Not all callers are type checked, and a stream would throw later, where nobody catches.
function wrongCall({ service, method, payload = [] }: TtrpcCall): string {
  if (typeof service !== "string" || typeof method !== "string") return "service and method have to be texts";
  const parts: unknown = payload instanceof Uint8Array ? [payload] : payload;
  if (Array.isArray(parts) && parts.every((part) => part instanceof Uint8Array)) return "";
  return "payload has to be a Uint8Array, or an array of them";
}

const fields = new FieldWriter();

/** A request in parts, with the time that its call has left. The payload's own parts are among them. */
export function requestParts(call: TtrpcCall, leftMs: number): Uint8Array[] {
  const { field } = RequestSchema;
  const { payload = [] } = call;
  const parts = payload instanceof Uint8Array ? [payload] : payload;
  const length = lengthOf(parts);
  fields.text(field.service.number, call.service).text(field.method.number, call.method);
  if (length > 0) fields.start(field.payload.number, length);
  const start = fields.finish();
  const end = fields.number(field.timeoutNano.number, Math.max(1, Math.ceil(leftMs * 1e6))).finish();
  return call.metadata ? [start, ...parts, end, metadataOf(call.metadata)] : [start, ...parts, end];
}

// Two encoded messages of one type, one behind the other, are one message.
function metadataOf(metadata: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(metadata).map(([key, value]) => ({ key, value }));
  return toBinary(RequestSchema, create(RequestSchema, { metadata: pairs }));
}

/** A whole request frame in parts. */
export function requestFrame(streamId: number, parts: readonly Uint8Array[]): Uint8Array[] {
  return [encodeHeader({ streamId, type: "request", flags: 0 }, lengthOf(parts)), ...parts];
}

/** The length of all parts together. */
export function lengthOf(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const { length } of parts) sum += length;
  return sum;
}
