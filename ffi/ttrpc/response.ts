import { create, fromBinary } from "@bufbuild/protobuf";
import { FieldWriter } from "./fields.ts";
import { encodeHeader, type Frame, LONGEST_PAYLOAD } from "./frame.ts";
import { StatusSchema } from "./generated/google/rpc/status_pb.ts";
import { type Response, ResponseSchema } from "./generated/ttrpc_pb.ts";
import { TtrpcRefusal } from "./refusal.ts";
import { lengthOf } from "./request.ts";
import { codeName } from "./status.ts";
import { UnexpectedReply } from "./streams.ts";
import type { TtrpcFailure } from "./ttrpc-error.ts";

/**
 * The response that a frame carries.
 *
 * @throws {UnexpectedReply} if the frame carries something else.
 */
export function responseIn({ streamId, type, payload }: Frame): Response {
  if (type !== "response")
    throw new UnexpectedReply(`a ${type} frame came on stream ${streamId}, where only a response can`);
  if (isEmpty(payload)) return empty;
  try {
    return fromBinary(ResponseSchema, payload);
  } catch (cause) {
    throw new UnexpectedReply(`the response on stream ${streamId} is no message of its type`, { cause });
  }
}

const empty = create(ResponseSchema);

// Nearly all answers of agents have an empty status or none, and nothing else. The schema's reader makes 2 KB of garbage of each.
function isEmpty(payload: Uint8Array): boolean {
  return payload.length === 0 || (payload.length === 2 && payload[0] === 0x0a && payload[1] === 0);
}

/** Why a call failed by its response; undefined if it succeeded. */
export function failureIn({ status }: Response): TtrpcFailure | undefined {
  if (!status || status.code === 0) return undefined;
  const reason = status.message.trim() === "" ? "no explanation" : status.message;
  return { trouble: "status", status: status.code, code: codeName(status.code), reason };
}

const fields = new FieldWriter();

/** A response frame in parts: with a message, whose bytes are not copied, or with a refusal. */
export function responseFrame(streamId: number, answer: Uint8Array | TtrpcRefusal): Uint8Array[] {
  const parts = answer instanceof TtrpcRefusal ? [refusalMessage(answer)] : messageParts(answer);
  const length = lengthOf(parts);
  if (length <= LONGEST_PAYLOAD)
    return [encodeHeader({ streamId, type: "response", flags: 0 }, length), ...parts];
  const reason = `the answer has ${length} bytes, and a peer takes at most ${LONGEST_PAYLOAD}`;
  return responseFrame(streamId, new TtrpcRefusal("RESOURCE_EXHAUSTED", reason));
}

function messageParts(message: Uint8Array): Uint8Array[] {
  if (message.length === 0) return [];
  return [fields.start(ResponseSchema.field.payload.number, message.length).finish(), message];
}

function refusalMessage({ status, reason }: TtrpcRefusal): Uint8Array {
  const { code, message } = StatusSchema.field;
  const encoded = fields.number(code.number, status).text(message.number, reason).finish();
  const start = fields.start(ResponseSchema.field.status.number, encoded.length).finish();
  const bytes = new Uint8Array(start.length + encoded.length);
  bytes.set(start);
  bytes.set(encoded, start.length);
  return bytes;
}
