import type { Output } from "../io.ts";

const REDRAWN_MS = 100;
const TOLD_MS = 10_000;

/** Shows how many of some steps are done: a line that is redrawn on a terminal, a line now and then elsewhere. */
export class StepProgress {
  readonly #output: Output;
  readonly #total: number;
  readonly #isQuiet: boolean;
  readonly #start: number = performance.now();
  #shown: number = this.#start;
  #done = 0;
  #isDrawn = false;

  constructor(output: Output, total: number, isQuiet: boolean) {
    this.#output = output;
    this.#total = total;
    this.#isQuiet = isQuiet;
  }

  /** One more step is done. */
  step(): void {
    this.#done += 1;
    const now = performance.now();
    const { isTerminal } = this.#output;
    if (this.#isQuiet || now - this.#shown < (isTerminal ? REDRAWN_MS : TOLD_MS)) return;
    this.#shown = now;
    const text = stepProgressText(this.#done, this.#total, now - this.#start);
    this.#output.write(isTerminal ? `\r${text}\x1b[K` : `${text}\n`);
    this.#isDrawn = isTerminal;
  }

  /** Takes the line off the terminal. */
  clear(): void {
    if (this.#isDrawn) this.#output.write("\r\x1b[K");
    this.#isDrawn = false;
  }
}

/** How far it is, at which rate, and how long the rest takes at that rate. */
export function stepProgressText(done: number, total: number, elapsedMs: number): string {
  const perSecond = (done * 1000) / elapsedMs;
  const left = Math.ceil(Math.max(0, total - done) / perSecond);
  return `${done} of ${total} steps, ${Math.round(perSecond)} a second, ${left} s left`;
}
