import type { AbortWatch } from "./abort-watch.ts";
import { requestFrame, requestParts, type TtrpcCall } from "./request.ts";
import { type Sent, TtrpcError, type TtrpcFailure } from "./ttrpc-error.ts";

// What a call costs besides its request, about.
const OWN_BYTES = 512;

/** What a client makes of a call. */
export interface PreparedCall {
  readonly call: TtrpcCall;
  readonly timeoutMs: number;
  /** The whole request, with the whole time. */
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}

/** A call from the moment it is made until it is settled, which happens once. */
export class PendingCall {
  readonly answer: Promise<Uint8Array>;
  /** How much memory it holds while it waits to be sent, about. */
  readonly bytes: number;
  /** 0 before it is sent. */
  streamId = 0;
  readonly #name: { readonly service: string; readonly method: string };
  readonly #end: number;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #unwatch: () => void = () => {};
  #prepared: PreparedCall | undefined;
  #sent: Sent = "nothing";
  #resolve!: (payload: Uint8Array) => void;
  #reject!: (error: TtrpcError) => void;

  /** `giveUp` is called when its time is up or its signal aborted, and has to fail it. */
  constructor(
    prepared: PreparedCall,
    aborts: AbortWatch,
    giveUp: (call: PendingCall, failure: TtrpcFailure) => void,
  ) {
    const { call, timeoutMs, length } = prepared;
    this.#prepared = prepared;
    this.#name = { service: call.service, method: call.method };
    this.bytes = OWN_BYTES + length;
    this.#end = performance.now() + timeoutMs;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(() => giveUp(this, late(timeoutMs)), timeoutMs);
    const { signal } = call;
    if (!signal) return;
    const onAbort = () => giveUp(this, aborted(signal.reason));
    aborts.add(signal, onAbort);
    this.#unwatch = () => aborts.delete(signal, onAbort);
  }

  /** Its frame in parts, which it lets go of. One that has waited has less time left. */
  pack(streamId: number, { hasWaited }: { hasWaited: boolean }): Uint8Array[] {
    const { call, parts } = this.#prepared as PreparedCall;
    this.#prepared = undefined;
    this.streamId = streamId;
    this.#sent = "some";
    return requestFrame(streamId, hasWaited ? requestParts(call, this.#end - performance.now()) : parts);
  }

  /** It left this process. */
  wasSent(): void {
    this.#sent = "all";
  }

  succeed(payload: Uint8Array): void {
    this.#stop();
    this.#resolve(payload);
  }

  fail(failure: TtrpcFailure): void {
    this.#stop();
    this.#reject(new TtrpcError({ ...this.#name, sent: this.#sent }, failure));
  }

  #stop(): void {
    this.#prepared = undefined;
    clearTimeout(this.#timer);
    this.#unwatch();
  }
}

function late(timeoutMs: number): TtrpcFailure {
  return { trouble: "deadline", code: "DEADLINE_EXCEEDED", reason: `no answer within ${timeoutMs} ms` };
}

/** What an aborted signal makes of a call. */
export function aborted(cause: unknown): TtrpcFailure {
  return { trouble: "aborted", code: "CANCELLED", reason: "its signal was aborted", cause };
}
