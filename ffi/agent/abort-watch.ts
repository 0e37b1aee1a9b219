/**
 * Who wants to know when a signal is aborted. Each signal has one listener here, however many calls it is for: runtimes
 * look through all listeners of a signal for each that comes, and warn of many.
 */
export class AbortWatch {
  readonly #watched = new Map<
    AbortSignal,
    { readonly calls: Set<() => void>; readonly listener: () => void }
  >();

  /** Calls this once when the signal is aborted. */
  add(signal: AbortSignal, call: () => void): void {
    const { calls } = this.#watched.get(signal) ?? this.#watch(signal);
    calls.add(call);
  }

  /** Calls this no more. */
  delete(signal: AbortSignal, call: () => void): void {
    const watched = this.#watched.get(signal);
    if (!watched?.calls.delete(call) || watched.calls.size > 0) return;
    signal.removeEventListener("abort", watched.listener);
    this.#watched.delete(signal);
  }

  #watch(signal: AbortSignal): { calls: Set<() => void> } {
    const calls = new Set<() => void>();
    const listener = () => {
      this.#watched.delete(signal);
      for (const call of calls) call();
    };
    const watched = { calls, listener };
    this.#watched.set(signal, watched);
    signal.addEventListener("abort", listener, { once: true });
    return watched;
  }
}
