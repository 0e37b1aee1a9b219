import type { TtrpcFailure } from "./ttrpc-error.ts";

/** How long a call may take, and what may end it before. */
export interface WatchedCall {
  readonly timeoutMs: number;
  /** When its time is up, on the clock of `performance.now()`. */
  readonly end: number;
  readonly signal: AbortSignal | undefined;
}

/** What is known of a signal: how many calls have it, and the call itself where there was only one. */
interface Listening<C> {
  calls: number;
  only: C | undefined;
  readonly listener: () => void;
}

/**
 * Gives calls up when their time is up or their signal is aborted. All have one timer, and those with one signal one
 * listener: of a timer for each call runtimes keep something long after the call, and for each listener that comes they
 * look through all that a signal has.
 */
export class CallWatch<C extends WatchedCall> {
  readonly #open: () => C[];
  readonly #giveUp: (call: C, failure: TtrpcFailure) => void;
  readonly #signals = new Map<AbortSignal, Listening<C>>();
  #calls = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer goes off. */
  #due = Number.POSITIVE_INFINITY;

  /** `open` has to give all calls that were added and not deleted; `giveUp` has to delete its call. */
  constructor(open: () => C[], giveUp: (call: C, failure: TtrpcFailure) => void) {
    this.#open = open;
    this.#giveUp = giveUp;
  }

  /** A call was begun. */
  add(call: C): void {
    this.#calls += 1;
    this.#setTimer(call.end);
    if (call.signal) this.#listen(call.signal, call);
  }

  /** A call is over. */
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

  // Where each call has a signal of its own, to look through all of them at each would take too long.
  #abort(signal: AbortSignal): void {
    const only = this.#signals.get(signal)?.only;
    this.#signals.delete(signal);
    for (const call of only ? [only] : this.#open())
      if (call.signal === signal) this.#giveUp(call, aborted(signal.reason));
  }
}

function late(timeoutMs: number): TtrpcFailure {
  return { trouble: "deadline", code: "DEADLINE_EXCEEDED", reason: `no answer within ${timeoutMs} ms` };
}

/** What an aborted signal makes of a call. */
export function aborted(cause: unknown): TtrpcFailure {
  return { trouble: "aborted", code: "CANCELLED", reason: "its signal was aborted", cause };
}
