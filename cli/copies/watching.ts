import type { WatchEvent } from "../../ffi/mod.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError } from "../failure.ts";
import { type Io, onInterruption } from "../io.ts";
import { escaped } from "../print/escaped.ts";
import { jsonLine } from "../print/json.ts";
import { clockText } from "../print/number-text.ts";
import { ProgressLine } from "../print/progress.ts";
import { endText, watchLine, watchValue } from "../print/watch-event.ts";
import type { Copied, CopyListener } from "./copy-share.ts";

/** Says what becomes of a volume while it is watched. */
export class Watching implements CopyListener {
  readonly progress: ProgressLine;
  readonly copied: Copied[] = [];
  readonly #io: Io;
  readonly #isJson: boolean;
  readonly #ended: Promise<WatchEvent & { readonly kind: "ended" }>;
  #end!: (event: WatchEvent & { readonly kind: "ended" }) => void;

  constructor(io: Io, options: { readonly json?: boolean; readonly quiet?: boolean }) {
    this.#io = io;
    this.#isJson = options.json === true;
    this.progress = new ProgressLine(io.stderr, { isQuiet: options.quiet === true, now: Date.now });
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  readonly onCopied = (one: Copied): void => {
    this.copied.push(one);
    const { source, guestPath } = one;
    const line = `${clockText(new Date())} copied ${escaped(source)} to ${escaped(guestPath)}`;
    this.#say({ kind: "copied", ...one }, line);
  };

  readonly onWatch = (event: WatchEvent): void => {
    this.progress.clear();
    this.#say(watchValue(event), watchLine(event, new Date()));
    if (event.kind === "ended") this.#end(event);
  };

  /**
   * Waits until Ctrl-C.
   *
   * @throws {CommandError} if the volume is watched no more.
   */
  async untilInterrupted(): Promise<void> {
    const { signal } = this.#io;
    const interrupted = new Promise<undefined>((resolve) => {
      onInterruption(signal, () => resolve(undefined));
    });
    const event = await Promise.race([interrupted, this.#ended]);
    if (event === undefined) return;
    throw new CommandError({
      what: `Cannot watch ${JSON.stringify(event.source)} any more: ${endText(event)}`,
      why: "the guest keeps the version that it has, whatever the host's volume has",
      next: "run it again once the cause is gone",
      exitCode: ExitCode.failed,
    });
  }

  #say(event: object, line: string): void {
    this.#io.stdout.write(this.#isJson ? jsonLine({ time: new Date(), ...event }) : `${line}\n`);
  }
}
