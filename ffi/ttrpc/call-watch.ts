import type { TtrpcFailure } from "./ttrpc-error.ts";

/** A call that may end by its time or its signal. */
export interface WatchedCall {
  readonly timeoutMs: number;
  /** The end of its time, on the clock of `performance.now()`. */
  readonly end: number;
  readonly signal: AbortSignal | undefined;
}

/** A signal that is listened to: the number of its calls, and the call itself if there was only one. */
interface WatchedSignal<C> {
  calls: number;
  only: C | undefined;
  readonly listener: () => void;
}

/**
 * Gives calls up when their time is up or their signal is aborted. All calls have one timer, and all calls of a signal one
 * listener: runtimes keep memory of a timer long after its call, and look through all listeners of a signal for each new one.
 */
export class CallWatch<C extends WatchedCall> {
  readonly #open: () => C[];
  readonly #giveUp: (call: C, failure: TtrpcFailure) => void;
  readonly #signals = new Map<AbortSignal, WatchedSignal<C>>();
  #calls = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The moment when the timer fires. */
  #due = Number.POSITIVE_INFINITY;

  /** `open` has to give all calls that were added and not deleted; `giveUp` has to delete its call. */
  constructor(open: () => C[], giveUp: (call: C, failure: TtrpcFailure) => void) {
    this.#open = open;
    this.#giveUp = giveUp;
  }

  /** Watches a call. */
  add(call: C): void {
    this.#calls += 1;
    this.#setTimer(call.end);
    if (call.signal) this.#listen(call.signal, call);
  }

  /** Watches a call no longer. */
  delete({ signal }: C): void {
    this.#calls -= 1;
    if (this.#calls === 0) this.#clearTimer();
    if (signal) this.#unlisten(signal);
  }

  #setTimer(end: number): void {
    if (end >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = end;
    this.#timer = setTimeout(() => this.#expire(), Math.max(1, Math.ceil(end - performance.now())));
  }

  #clearTimer(): void {
    clearTimeout(this.#timer);
    this.#due = Number.POSITIVE_INFINITY;
  }

  #expire(): void {
    this.#clearTimer();
    const now = performance.now();
    for (const call of this.#open()) if (call.end <= now) this.#giveUp(call, late(call.timeoutMs));
    const next = this.#open().reduce((first, { end }) => Math.min(first, end), Number.POSITIVE_INFINITY);
    this.#setTimer(next);
  }

  #listen(signal: AbortSignal, call: C): void {
    const known = this.#signals.get(signal);
    if (known) {
      known.calls += 1;
      known.only = undefined;
    } else {
      const listener = () => this.#abort(signal);
      this.#signals.set(signal, { calls: 1, only: call, listener });
      signal.addEventListener("abort", listener, { once: true });
    }
  }

  #unlisten(signal: AbortSignal): void {
    const known = this.#signals.get(signal);
    if (!known) return;
    known.calls -= 1;
    if (known.calls > 0) return;
    signal.removeEventListener("abort", known.listener);
    this.#signals.delete(signal);
  }

  // If each call has a signal of its own, a look through all calls at each signal would take too long.
  #abort(signal: AbortSignal): void {
    const only = this.#signals.get(signal)?.only;
    this.#signals.delete(signal);
    for (const call of only ? [only] : this.#open())
      if (call.signal === signal) this.#giveUp(call, aborted(signal.reason));
  }
}

/** The deadline of a call whose peer was the first to tell of it; undefined if the peer's failure is another one, or comes before the deadline. */
export function deadlineToldByPeer(call: WatchedCall, { code }: TtrpcFailure): TtrpcFailure | undefined {
  const isLate = code === "DEADLINE_EXCEEDED" && call.end <= performance.now();
  return isLate ? late(call.timeoutMs) : undefined;
}

function late(timeoutMs: number): TtrpcFailure {
  return { trouble: "deadline", code: "DEADLINE_EXCEEDED", reason: `no answer within ${timeoutMs} ms` };
}

/** The failure of a call whose signal was aborted. */
export function aborted(cause: unknown): TtrpcFailure {
  return { trouble: "aborted", code: "CANCELLED", reason: "its signal was aborted", cause };
}
