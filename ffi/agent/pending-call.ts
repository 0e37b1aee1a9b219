import type { CallWatch, WatchedCall } from "./call-watch.ts";
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
export class PendingCall implements WatchedCall {
  readonly answer: Promise<Uint8Array>;
  /** How much memory it holds while it waits to be sent, about. */
  readonly bytes: number;
  readonly timeoutMs: number;
  readonly end: number;
  readonly signal: AbortSignal | undefined;
  /** 0 before it is sent. */
  streamId = 0;
  readonly #name: { readonly service: string; readonly method: string };
  readonly #watch: CallWatch<PendingCall>;
  #prepared: PreparedCall | undefined;
  #sent: Sent = "nothing";
  #resolve!: (payload: Uint8Array) => void;
  #reject!: (error: TtrpcError) => void;

  /** It is watched until it is settled; who gives it up has to fail it. */
  constructor(prepared: PreparedCall, watch: CallWatch<PendingCall>) {
    const { call, timeoutMs, length } = prepared;
    this.#prepared = prepared;
    this.#name = { service: call.service, method: call.method };
    this.bytes = OWN_BYTES + length;
    this.timeoutMs = timeoutMs;
    this.end = performance.now() + timeoutMs;
    this.signal = call.signal;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#watch = watch;
    watch.add(this);
  }

  /** It has to wait, and its caller may use the call's object for the next one: from now on it has its own. */
  keep(): void {
    const { call, ...prepared } = this.#prepared as PreparedCall;
    const metadata = call.metadata && { ...call.metadata };
    this.#prepared = { ...prepared, call: { ...call, metadata } };
  }

  /** Its frame in parts, which it lets go of. One that has waited has less time left. */
  pack(streamId: number, { hasWaited }: { hasWaited: boolean }): Uint8Array[] {
    const { call, parts } = this.#prepared as PreparedCall;
    this.#prepared = undefined;
    this.streamId = streamId;
    this.#sent = "some";
    return requestFrame(streamId, hasWaited ? requestParts(call, this.end - performance.now()) : parts);
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
    this.#watch.delete(this);
  }
}
