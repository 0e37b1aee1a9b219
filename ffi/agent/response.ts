import { create, fromBinary } from "@bufbuild/protobuf";
import { codeName } from "./codes.ts";
import type { Frame } from "./frame.ts";
import { type Response, ResponseSchema } from "./generated/ttrpc_pb.ts";
import { UnexpectedReply } from "./streams.ts";
import type { TtrpcFailure } from "./ttrpc-error.ts";

/**
 * The response that a frame carries.
 *
 * @throws {UnexpectedReply} where it carries something else.
 */
export function responseIn({ streamId, type, payload }: Frame): Response {
  if (type !== "response")
    throw new UnexpectedReply(`a ${type} frame came on stream ${streamId}, where only a response can`);
  if (isPlain(payload)) return plain;
  try {
    return fromBinary(ResponseSchema, payload);
  } catch (cause) {
    throw new UnexpectedReply(`the response on stream ${streamId} is no message of its type`, { cause });
  }
}

const plain = create(ResponseSchema);

// Nearly all that agents answer: an empty status, or none, and nothing else. To read it by the schema makes 2 KB of garbage.
function isPlain(payload: Uint8Array): boolean {
  return payload.length === 0 || (payload.length === 2 && payload[0] === 0x0a && payload[1] === 0);
}

/** What a response refuses; undefined where it does not. */
export function failureIn({ status }: Response): TtrpcFailure | undefined {
  if (!status || status.code === 0) return undefined;
  const reason = status.message.trim() === "" ? "no explanation" : status.message;
  return { trouble: "status", status: status.code, code: codeName(status.code), reason };
}
