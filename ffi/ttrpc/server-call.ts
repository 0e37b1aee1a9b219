import type { WatchedCall } from "./call-watch.ts";
import { type ReceivedRequest, receivedMetadata } from "./received-request.ts";
import type { TtrpcRefusal } from "./refusal.ts";
import { LONGEST_MS } from "./timeout.ts";

/** What a handler knows of its call besides the message. */
export interface TtrpcContext {
  /** The service's full name. */
  readonly service: string;
  /** The method's name. */
  readonly method: string;
  /** How long the client waits for the answer; undefined if it does not say. */
  readonly timeoutMs: number | undefined;
  /** Is aborted when nobody waits for the answer any more: at the deadline, or when the connection ends. */
  readonly signal: AbortSignal;
  /**
   * Pairs of words that the client sent with the call, such as containerd's namespace: the values of each key.
   *
   * @throws {TtrpcRefusal} if there are more than 1,024 pairs.
   */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
}

// Roughly the memory of a call besides its request.
const OWN_BYTES = 1024;

class CallContext implements TtrpcContext {
  readonly service: string;
  readonly method: string;
  readonly timeoutMs: number | undefined;
  #payload: Uint8Array;
  #controller: AbortController | undefined;
  #reason: TtrpcRefusal | undefined;

  constructor({ service, method, timeoutMs }: ReceivedRequest, payload: Uint8Array) {
    this.service = service;
    this.method = method;
    this.timeoutMs = timeoutMs;
    this.#payload = payload;
  }

  // Signal and metadata are made when a handler asks for them: most handlers never do.
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  get metadata(): ReadonlyMap<string, readonly string[]> {
    return receivedMetadata(this.#payload);
  }

  abort(reason: TtrpcRefusal): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }

  /** Gives what the call came in, and forgets it. */
  takePayload(): Uint8Array {
    const payload = this.#payload;
    this.#payload = new Uint8Array();
    return payload;
  }
}

/** A call that a server works on. */
export class ServerCall implements WatchedCall {
  readonly streamId: number;
  readonly request: ReceivedRequest;
  /** Roughly the memory that it takes until its handler ends. */
  readonly bytes: number;
  readonly timeoutMs: number;
  readonly end: number;
  readonly signal: undefined;
  readonly #context: CallContext;

  constructor(streamId: number, request: ReceivedRequest, payload: Uint8Array) {
    const { timeoutMs = Number.POSITIVE_INFINITY } = request;
    this.streamId = streamId;
    this.request = request;
    this.bytes = OWN_BYTES + payload.length;
    this.timeoutMs = timeoutMs;
    this.end = timeoutMs > LONGEST_MS ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
    this.#context = new CallContext(request, payload);
  }

  /** What its handler knows of it. */
  get context(): TtrpcContext {
    return this.#context;
  }

  /** Gives the bytes that the call came in, once: its handler needs none of them any more. */
  takePayload(): Uint8Array {
    return this.#context.takePayload();
  }

  /** Tells the handler that nobody waits for its answer. */
  abort(reason: TtrpcRefusal): void {
    this.#context.abort(reason);
  }
}
