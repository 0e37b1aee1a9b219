import type { CallWatch, WatchedCall } from "./call-watch.ts";
import type { Parcel } from "./outbox.ts";
import { type PreparedCall, requestFrame, requestParts } from "./request.ts";
import type { Streams } from "./streams.ts";
import { type Sent, TtrpcError, type TtrpcFailure } from "./ttrpc-error.ts";

// Roughly the memory of a call besides its request.
const OWN_BYTES = 512;

/** A call from the moment it is made until it is settled, which happens once. */
export class PendingCall implements Parcel, WatchedCall {
  readonly answer: Promise<Uint8Array>;
  /** Roughly the memory that it takes while it waits to be sent. */
  readonly bytes: number;
  readonly timeoutMs: number;
  readonly end: number;
  readonly signal: AbortSignal | undefined;
  /** 0 before it is sent. */
  streamId = 0;
  readonly #name: { readonly service: string; readonly method: string };
  readonly #watch: CallWatch<PendingCall>;
  readonly #streams: Streams<PendingCall>;
  #prepared: PreparedCall | undefined;
  #sent: Sent = "nothing";
  #resolve!: (payload: Uint8Array) => void;
  #reject!: (error: TtrpcError) => void;

  /** It gets a stream when it is packed, and is watched until it is settled. */
  constructor(prepared: PreparedCall, streams: Streams<PendingCall>, watch: CallWatch<PendingCall>) {
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
    this.#streams = streams;
    this.#watch = watch;
    watch.add(this);
  }

  /** Copies the call's object, for it has to wait, and its caller may use that object for the next call. */
  keep(): void {
    const { call, ...prepared } = this.#prepared as PreparedCall;
    const metadata = call.metadata && { ...call.metadata };
    this.#prepared = { ...prepared, call: { ...call, metadata } };
  }

  /** Its frame in parts, which it no longer keeps. A call that has waited has less time left. */
  pack({ hasWaited }: { hasWaited: boolean }): Uint8Array[] {
    const { call, parts } = this.#prepared as PreparedCall;
    this.#prepared = undefined;
    this.streamId = this.#streams.open(this);
    this.#sent = "some";
    return requestFrame(this.streamId, hasWaited ? requestParts(call, this.end - performance.now()) : parts);
  }

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
