import { create, toBinary } from "@bufbuild/protobuf";
import { FieldWriter } from "./fields.ts";
import { encodeHeader } from "./frame.ts";
import { RequestSchema } from "./generated/ttrpc_pb.ts";

/** A call as a caller gives it. */
export interface TtrpcCall {
  /** The service's full name, such as "grpc.AgentService". */
  readonly service: string;
  readonly method: string;
  /**
   * The method's message, encoded, in one piece or in parts that are sent one behind the other. The bytes must not change
   * before the call succeeds, for large ones are not copied at all, and others later; where it fails, not before the
   * connection ends, unless `sent` is "nothing".
   * Default: no bytes.
   */
  readonly payload?: Uint8Array | readonly Uint8Array[] | undefined;
  /** How long the answer may take, here and for the peer. Default: the client's. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Words that go along, as containerd's namespace does. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Why this is no call; empty where it is one. Not all callers are type checked, and a stream throws later, at nobody. */
export function wrongCall({ service, method, payload = [] }: TtrpcCall): string {
  if (typeof service !== "string" || typeof method !== "string") return "service and method have to be texts";
  const parts: unknown = payload instanceof Uint8Array ? [payload] : payload;
  if (Array.isArray(parts) && parts.every((part) => part instanceof Uint8Array)) return "";
  return "payload has to be a Uint8Array, or an array of them";
}

const fields = new FieldWriter();

/** The request of a call that has so much time left, in parts. The payload's own parts are among them. */
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

// Messages of one type, encoded one behind the other, are one message.
function metadataOf(metadata: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(metadata).map(([key, value]) => ({ key, value }));
  return toBinary(RequestSchema, create(RequestSchema, { metadata: pairs }));
}

/** A whole request frame in parts. */
export function requestFrame(streamId: number, parts: readonly Uint8Array[]): Uint8Array[] {
  return [encodeHeader({ streamId, type: "request", flags: 0 }, lengthOf(parts)), ...parts];
}

/** How long parts are together. */
export function lengthOf(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const { length } of parts) sum += length;
  return sum;
}
