import { byteText, durationText, entriesText } from "./number-text.ts";

/** How far some work is. */
export interface Progress {
  readonly entries: number;
  readonly bytes: number;
  /** How much there is, where that is known. */
  readonly total?: { readonly entries: number; readonly bytes: number } | undefined;
}

/** Where progress is shown. */
export interface ProgressOutput {
  readonly isTerminal: boolean;
  readonly columns: number;
  write(text: string): void;
}

const REDRAWN_MS = 100;
const LOGGED_MS = 10_000;

/** What is said of progress: how much is done, at which rate, and how long the rest takes at that rate. */
export function progressText({ entries, bytes, total }: Progress, elapsedMs: number): string {
  const done = total
    ? `${entries} of ${entriesText(total.entries)}, ${byteText(bytes)} of ${byteText(total.bytes)}`
    : `${entriesText(entries)}, ${byteText(bytes)}`;
  if (elapsedMs < 1) return done;
  const rate = `${byteText((bytes * 1000) / elapsedMs)}/s`;
  const share = total && shareOf({ entries, bytes }, total);
  if (!share) return `${done}, ${rate}`;
  return `${done}, ${rate}, ${durationText((elapsedMs * (1 - share)) / share)} left`;
}

// Of bytes, or of entries where there are none. Files may have grown since they were counted.
function shareOf(done: Progress, total: NonNullable<Progress["total"]>): number {
  return total.bytes > 0 ? Math.min(1, done.bytes / total.bytes) : Math.min(1, done.entries / total.entries);
}

/**
 * Shows progress while it goes on: on a terminal as a line that is written over, elsewhere as a line every ten seconds, with `isQuiet`
 * not at all. `now` gives the time in milliseconds.
 */
export class ProgressLine {
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  readonly #everyMs: number;
  #begun: number;
  #shown: number;
  #isDrawn = false;

  constructor(output: ProgressOutput, options: { readonly isQuiet: boolean; readonly now: () => number }) {
    this.#output = output;
    this.#now = options.now;
    this.#everyMs = options.isQuiet ? Number.POSITIVE_INFINITY : output.isTerminal ? REDRAWN_MS : LOGGED_MS;
    this.#begun = this.#shown = options.now();
  }

  /** Begins to measure anew: what was done before counts no more. */
  begin(): void {
    this.#begun = this.#shown = this.#now();
  }

  /** Shows how far it is, unless it was shown a moment ago. `name` is of what, without control characters. */
  show(name: string, progress: Progress): void {
    this.showText((elapsedMs) => `${name}: ${progressText(progress, elapsedMs)}`);
  }

  /** The same with the text that is made of the time since the beginning. */
  showText(textOf: (elapsedMs: number) => string): void {
    const now = this.#now();
    if (now - this.#shown < this.#everyMs) return;
    this.#shown = now;
    this.#write(textOf(now - this.#begun));
  }

  /** Takes the line off the terminal: for what is said from now on. */
  clear(): void {
    if (this.#isDrawn) this.#output.write("\r\x1b[K");
    this.#isDrawn = false;
  }

  #write(text: string): void {
    const { isTerminal, columns } = this.#output;
    this.#isDrawn = isTerminal;
    // A line that is broken into two could not be written over. "K" clears what an earlier one left.
    this.#output.write(isTerminal ? `\r${clipped(text, columns - 1)}\x1b[K` : `${text}\n`);
  }
}

// The name's beginning goes first: the figures are behind it.
function clipped(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `…${characters.slice(1 - width).join("")}`;
}
