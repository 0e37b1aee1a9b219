import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { KeyValueSchema, RequestSchema } from "./generated/ttrpc_pb.ts";
import { TtrpcRefusal } from "./refusal.ts";

/** The request of a call as it arrived. */
export interface ReceivedRequest {
  readonly service: string;
  readonly method: string;
  readonly payload: Uint8Array;
  /** How long the client waits; undefined if it does not say. */
  readonly timeoutMs: number | undefined;
}

const { field } = RequestSchema;
const pair = KeyValueSchema.field;

// A pair takes two bytes of a frame, and a hundred in memory.
const MOST_PAIRS = 1024;

/**
 * The request in a request frame's payload. Metadata and unknown fields are skipped: a frame of them would take a hundred
 * times its size in memory.
 *
 * @throws {TtrpcRefusal} for bytes that are no request.
 */
export function receivedRequest(bytes: Uint8Array): ReceivedRequest {
  let [service, method, nanoseconds] = ["", "", 0];
  let payload: Uint8Array = new Uint8Array();
  eachField(bytes, (number, type, reader) => {
    const isBytes = type === WireType.LengthDelimited;
    if (number === field.service.number && isBytes) service = reader.string(true);
    else if (number === field.method.number && isBytes) method = reader.string(true);
    else if (number === field.payload.number && isBytes) payload = reader.bytes();
    else if (number === field.timeoutNano.number && type === WireType.Varint)
      nanoseconds = Number(reader.int64());
    else reader.skip(type, number);
  });
  return { service, method, payload, timeoutMs: nanoseconds > 0 ? nanoseconds / 1e6 : undefined };
}

/**
 * The metadata in a request frame's payload: the values of each key.
 *
 * @throws {TtrpcRefusal} for more than 1,024 pairs, or bytes that are no pair.
 */
export function receivedMetadata(bytes: Uint8Array): ReadonlyMap<string, readonly string[]> {
  const metadata = new Map<string, string[]>();
  let pairs = 0;
  eachField(bytes, (number, type, reader) => {
    if (number !== field.metadata.number || type !== WireType.LengthDelimited)
      return void reader.skip(type, number);
    pairs += 1;
    if (pairs > MOST_PAIRS)
      throw new TtrpcRefusal("RESOURCE_EXHAUSTED", `there are more than ${MOST_PAIRS} pairs of metadata`);
    const [key, value] = pairIn(reader.bytes());
    const values = metadata.get(key);
    if (values) values.push(value);
    else metadata.set(key, [value]);
  });
  return metadata;
}

function pairIn(bytes: Uint8Array): [key: string, value: string] {
  let [key, value] = ["", ""];
  eachField(bytes, (number, type, reader) => {
    const isBytes = type === WireType.LengthDelimited;
    if (number === pair.key.number && isBytes) key = reader.string(true);
    else if (number === pair.value.number && isBytes) value = reader.string(true);
    else reader.skip(type, number);
  });
  return [key, value];
}

type TakeField = (number: number, type: WireType, reader: BinaryReader) => void;

function eachField(bytes: Uint8Array, take: TakeField): void {
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      take(number, type, reader);
    }
  } catch (error) {
    throw error instanceof TtrpcRefusal ? error : noMessage(error);
  }
}

/** The refusal of bytes that are no message. */
export function noMessage(error: unknown): TtrpcRefusal {
  return new TtrpcRefusal("INVALID_ARGUMENT", `no message: ${error}`, { cause: error });
}
