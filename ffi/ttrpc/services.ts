import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  type DescService,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { noMessage, type ReceivedRequest } from "./received-request.ts";
import { TtrpcRefusal } from "./refusal.ts";
import type { TtrpcContext } from "./server-call.ts";

/** Answers the calls of a method with a message, or refuses them by throwing a TtrpcRefusal. */
export type TtrpcHandler<I extends DescMessage, O extends DescMessage> = (
  request: MessageShape<I>,
  context: TtrpcContext,
) => MessageInitShape<O> | Promise<MessageInitShape<O>>;

/** The handlers of a service's methods, by their names in JavaScript. A method without a handler is not implemented. */
export type TtrpcHandlers<S extends DescService> = {
  readonly [K in keyof S["method"]]?: S["method"][K] extends DescMethodUnary<infer I, infer O>
    ? TtrpcHandler<I, O> | undefined
    : undefined;
};

/**
 * Answers the calls of a service with bytes, whatever their method, which `context` names: for whoever decodes messages himself. It
 * refuses by throwing a TtrpcRefusal. Once it has called `release`, other calls are written over the payload, and `context` has no
 * metadata.
 */
export type TtrpcBytesHandler = (
  payload: Uint8Array,
  context: TtrpcContext,
  release: () => void,
) => Uint8Array | Promise<Uint8Array>;

/** The refusal of a call whose service or method nobody registered. */
export type OnUnknownCall = (call: { service: string; method: string }) => TtrpcRefusal;

interface Implementation {
  readonly method: DescMethod;
  readonly handler: TtrpcHandler<DescMessage, DescMessage>;
}

/** The services of a server, and the handlers of their methods. */
export class Services {
  readonly #implementations = new Map<string, ReadonlyMap<string, Implementation>>();
  readonly #bytesHandlers = new Map<string, TtrpcBytesHandler>();
  readonly #unknown: OnUnknownCall;

  constructor(unknown: OnUnknownCall | undefined) {
    this.#unknown = unknown ?? ((call) => this.#notImplemented(call));
  }

  /** @throws {TypeError} for a service that is registered already, and for a handler of no unary method. */
  register(service: DescService, handlers: object): void {
    const { typeName } = service;
    this.#requireNew(typeName);
    const given = Object.entries(handlers).filter(([, handler]) => handler !== undefined);
    const methods = given.map(([name, handler]) => implementationOf(service, name, handler));
    this.#implementations.set(typeName, new Map(methods.map((one) => [one.method.name, one])));
  }

  /** @throws {TypeError} for a service that is registered already. */
  registerBytes(service: string, handler: TtrpcBytesHandler): void {
    this.#requireNew(service);
    if (typeof handler !== "function") throw new TypeError(`the handler of ${service} has to be a function`);
    this.#bytesHandlers.set(service, handler);
  }

  #requireNew(service: string): void {
    if (this.#implementations.has(service) || this.#bytesHandlers.has(service))
      throw new TypeError(`${service} is registered already`);
  }

  /**
   * The answer of a handler, encoded.
   *
   * @throws {TtrpcRefusal} for an unknown method, for a request or an answer that is no message, and whatever a handler throws.
   */
  async answer(request: ReceivedRequest, context: TtrpcContext, release: () => void): Promise<Uint8Array> {
    const { service, method } = request;
    const bytesHandler = this.#bytesHandlers.get(service);
    if (bytesHandler) return bytesHandler(request.payload, context, release);
    const found = this.#implementations.get(service)?.get(method);
    if (!found) throw this.#unknown({ service, method });
    const answer = await found.handler(decoded(found.method, request.payload), context);
    return encoded(found.method, answer);
  }

  #notImplemented({ service, method }: { service: string; method: string }): TtrpcRefusal {
    const isService = this.#implementations.has(service);
    return new TtrpcRefusal(
      "UNIMPLEMENTED",
      isService ? `${method} is not implemented` : `there is no service ${service}`,
    );
  }
}

function implementationOf(service: DescService, name: string, handler: unknown): Implementation {
  const method = Object.hasOwn(service.method, name) ? service.method[name] : undefined;
  if (!method) throw new TypeError(`${service.typeName} has no method ${JSON.stringify(name)}`);
  if (method.methodKind !== "unary")
    throw new TypeError(`${service.typeName}/${method.name} is a stream, and streams are not supported`);
  if (typeof handler !== "function") throw new TypeError(`the handler of ${name} has to be a function`);
  return { method, handler: handler as TtrpcHandler<DescMessage, DescMessage> };
}

function decoded({ input }: DescMethod, payload: Uint8Array): MessageShape<DescMessage> {
  try {
    // A frame of unknown fields would take a hundred times its size in memory.
    return fromBinary(input, payload, { readUnknownFields: false });
  } catch (error) {
    throw noMessage(error);
  }
}

function encoded({ output }: DescMethod, answer: MessageInitShape<DescMessage>): Uint8Array {
  try {
    return toBinary(output, create(output, answer));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TtrpcRefusal("INTERNAL", `the answer is no ${output.typeName}: ${reason}`, { cause });
  }
}
