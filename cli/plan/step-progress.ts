import type { Output } from "../io.ts";
import { ProgressLine } from "../print/progress.ts";

/** Shows how many of some steps are done. */
export class StepProgress {
  readonly #line: ProgressLine;
  readonly #total: number;
  #done = 0;

  constructor(output: Output, total: number, isQuiet: boolean) {
    this.#line = new ProgressLine(output, { isQuiet, now: () => performance.now() });
    this.#total = total;
  }

  /** One more step is done. */
  step(): void {
    this.#done += 1;
    this.#line.showText((elapsedMs) => stepProgressText(this.#done, this.#total, elapsedMs));
  }

  /** Takes the line off the terminal. */
  clear(): void {
    this.#line.clear();
  }
}

/** How far it is, at which rate, and how long the rest takes at that rate. */
export function stepProgressText(done: number, total: number, elapsedMs: number): string {
  const perSecond = (done * 1000) / elapsedMs;
  const left = Math.ceil(Math.max(0, total - done) / perSecond);
  return `${done} of ${total} steps, ${Math.round(perSecond)} a second, ${left} s left`;
}
