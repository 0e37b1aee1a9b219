import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { encodeHeader } from "./frame.ts";
import { RequestSchema } from "./generated/ttrpc_pb.ts";

/** A call as a caller gives it. */
export interface TtrpcCall {
  /** The service's full name, such as "grpc.AgentService". */
  readonly service: string;
  readonly method: string;
  /**
   * The method's message, encoded, in one piece or in parts that are sent one behind the other and not copied here. They
   * must not change before the call succeeds; where it fails, not before the connection ends, unless `sent` is "nothing".
   * Default: no bytes.
   */
  readonly payload?: Uint8Array | readonly Uint8Array[];
  /** How long the answer may take, here and for the peer. Default: the client's. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Words that go along, as containerd's namespace does. */
  readonly metadata?: Readonly<Record<string, string>>;
}

type Envelope = MessageInitShape<typeof RequestSchema>;

/** The request of a call that has so much time left, in parts. The payload's own parts are among them. */
export function requestParts(call: TtrpcCall, leftMs: number): Uint8Array[] {
  const { service, method, metadata = {} } = call;
  const payload = partsOf(call.payload);
  return [
    encoded({ service, method }),
    ...(payload.length > 0
      ? [fieldStart(RequestSchema.field.payload.number, lengthOf(payload)), ...payload]
      : []),
    encoded({
      timeoutNano: BigInt(Math.max(1, Math.ceil(leftMs * 1e6))),
      metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    }),
  ];
}

/** A whole request frame in parts. */
export function requestFrame(streamId: number, parts: readonly Uint8Array[]): Uint8Array[] {
  return [encodeHeader({ streamId, type: "request", flags: 0 }, lengthOf(parts)), ...parts];
}

/** The payload's parts that have bytes. */
function partsOf(payload: TtrpcCall["payload"] = []): Uint8Array[] {
  const parts = payload instanceof Uint8Array ? [payload] : payload;
  return parts.filter(({ length }) => length > 0);
}

/** How long parts are together. */
export function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** What stands in front of a field's bytes in a message, so that they can be sent behind it as they are. */
export function fieldStart(field: number, length: number): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(length).finish();
}

// Messages of one type, encoded one behind the other, are one message.
function encoded(fields: Envelope): Uint8Array {
  return toBinary(RequestSchema, create(RequestSchema, fields));
}
