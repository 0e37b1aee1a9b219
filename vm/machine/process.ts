import { setTimeout as sleep } from "node:timers/promises";
import type { MarkedOutput } from "./marked-output.ts";

/** A program that runs in a machine. */
export interface MachineProcess {
  /** What it reads. Closing it is the end of its input; on a terminal it hangs up. */
  readonly stdin: WritableStream<Uint8Array>;
  /** What it prints. Who does not read makes it wait. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** What it prints as errors; nothing on a terminal, where all is one. */
  readonly stderr: ReadableStream<Uint8Array>;
  /** Its exit status, 128 + n where signal n ended it, as soon as its output is here. */
  readonly exited: Promise<number>;
  /**
   * Sends it a signal. One that has ended gets none.
   *
   * @throws {MachineError} if the machine is gone, or the guest refuses.
   */
  signal(name: SignalName): Promise<void>;
  /**
   * Tells its terminal how large it is.
   *
   * @throws {MachineError} if it has no terminal, or the machine is gone.
   */
  resize(size: TerminalSize): Promise<void>;
}

/** How large a terminal is, in characters. */
export interface TerminalSize {
  /** How wide. */
  readonly columns: number;
  /** How high. */
  readonly rows: number;
}

/** A signal by its name. */
export type SignalName = `SIG${string}`;

const LOOK_MS = 100;
const SILENCE_MS = 1000;

/**
 * Waits until the outputs have ended of a program that has. Where others have them open still, which are silent for a second, `cut`
 * ends them; who does not read is not waited for.
 */
export async function drained(outputs: readonly MarkedOutput[], cut: () => Promise<unknown>): Promise<void> {
  const all = Promise.all(outputs.map(({ ended }) => ended)).then(() => "ended" as const);
  const fromMs = performance.now();
  let isCut = false;
  for (;;) {
    const stop = new AbortController();
    const late = sleep(LOOK_MS, "late" as const, { signal: stop.signal }).catch(() => "late" as const);
    const which = await Promise.race([all, late]);
    stop.abort();
    if (which === "ended" || outputs.some(({ isBlocked }) => isBlocked)) return;
    const lastMs = Math.max(fromMs, ...outputs.map((output) => output.lastMs));
    if (performance.now() - lastMs < SILENCE_MS * (isCut ? 2 : 1)) continue;
    if (isCut) {
      for (const output of outputs) output.stop();
      return;
    }
    isCut = true;
    await cut();
  }
}
