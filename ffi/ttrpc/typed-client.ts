import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { TtrpcCall } from "./request.ts";
import { TtrpcError } from "./ttrpc-error.ts";

/** The options of a call with typed messages. */
export type TtrpcInvokeOptions = Pick<TtrpcCall, "timeoutMs" | "signal" | "metadata">;

const nameOf = (method: DescMethodUnary) => ({ service: method.parent.typeName, method: method.name });

/**
 * The call of a method with a message.
 *
 * @throws {TtrpcError} if the message cannot be encoded.
 */
export function encoded<I extends DescMessage>(
  method: DescMethodUnary<I>,
  message: MessageInitShape<I>,
): TtrpcCall {
  try {
    return { ...nameOf(method), payload: toBinary(method.input, create(method.input, message)) };
  } catch (cause) {
    const failure = { trouble: "request", code: "INVALID_ARGUMENT", reason: reasonOf(cause), cause } as const;
    throw new TtrpcError({ ...nameOf(method), sent: "nothing" }, failure);
  }
}

/**
 * The message that answers a method.
 *
 * @throws {TtrpcError} if the bytes are no such message.
 */
export function decoded<O extends DescMessage>(
  method: DescMethodUnary<DescMessage, O>,
  answer: Uint8Array,
): MessageShape<O> {
  try {
    return fromBinary(method.output, answer);
  } catch (cause) {
    const reason = `the answer is no ${method.output.typeName}: ${reasonOf(cause)}`;
    const failure = { trouble: "protocol", code: "INTERNAL", reason, cause } as const;
    throw new TtrpcError({ ...nameOf(method), sent: "all" }, failure);
  }
}

const reasonOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
