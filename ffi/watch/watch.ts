import { AgentError } from "../agent/agent-error.ts";
import { CopyError } from "../copy/copy-error.ts";
import type { WatchEnd, WatchNews } from "./event.ts";
import { TooLargeError } from "./extent.ts";
import { Nudge } from "./nudge.ts";
import type { Volume, VolumeUpdate } from "./volume.ts";

const LONGEST_WAIT_MS = 60_000;

/**
 * Keeps a guest's volume like the host's, until it is stopped. Any number of changes ends in the last state: a change is only
 * a reason to look, and from time to time it is looked without any.
 */
export class VolumeWatch {
  readonly #volume: Volume;
  readonly #tell: (news: WatchNews) => void;
  readonly #lookEveryMs: number;
  readonly #nudge: Nudge;
  readonly #timer: NodeJS.Timeout;
  readonly #stop = new AbortController();
  #work: Promise<void> | undefined;
  #isAskedAgain = false;
  #stale = "[]";
  #failure: { readonly what: string; readonly look: string; readonly waitUntil: number } | undefined;
  #failures = 0;

  /** Begins to watch a volume that was brought once. */
  constructor(volume: Volume, tell: (news: WatchNews) => void, lookEveryMs: number) {
    this.#volume = volume;
    this.#tell = tell;
    this.#lookEveryMs = lookEveryMs;
    this.#nudge = new Nudge(volume.source, () => this.#look());
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
    this.#timer.unref();
    this.#look();
  }

  /** Ends it. What is being sent is waited for, for a second at the most. */
  async stop(): Promise<void> {
    this.#end(new Error("the watch was stopped"));
    await this.#work;
  }

  /** The agent's connection is over: the guest gets nothing any more. */
  async disconnect(cause: AgentError): Promise<void> {
    await this.#work; // it may be the one that tells
    if (!this.#stop.signal.aborted)
      this.#tellEnd({ reason: "connection", error: this.#volume.failure(cause) });
  }

  #end(reason: unknown): void {
    clearInterval(this.#timer);
    this.#nudge.close();
    this.#stop.abort(reason);
  }

  #look(): void {
    this.#isAskedAgain = this.#work !== undefined;
    if (this.#work || this.#stop.signal.aborted) return;
    const look = this.#volume.look();
    this.#nudge.follow(look.directory);
    const { look: failed, waitUntil = 0 } = this.#failure ?? {};
    if (look.text === failed && performance.now() < waitUntil) return;
    if (!this.#volume.hasChanged(look)) return;
    this.#work = this.#bring(look.text).finally(() => {
      this.#work = undefined;
      if (this.#isAskedAgain) this.#look();
    });
  }

  async #bring(look: string): Promise<void> {
    try {
      const update = await this.#volume.bring({ signal: this.#stop.signal });
      this.#failure = undefined;
      this.#failures = 0;
      if (this.#volume.isRefused) this.#tellEnd({ reason: "link-refused", link: this.#volume.dataPath });
      else this.#tellUpdate(update);
    } catch (error) {
      if (!(error instanceof CopyError)) throw error;
      if (!this.#stop.signal.aborted) this.#fail(error, look);
    }
  }

  #tellUpdate(update: VolumeUpdate): void {
    const stale = JSON.stringify(update.stale);
    if (update.result.entries === 0 && stale === this.#stale) return;
    this.#stale = stale;
    this.#tell({ kind: "updated", ...update });
  }

  #fail(error: CopyError, look: string): void {
    const end = this.#endOf(error);
    if (end) {
      this.#tellEnd(end);
      return;
    }
    const what = `${error.code} ${error.guestPath}`;
    if (what !== this.#failure?.what) this.#tell({ kind: "failed", error });
    const waitMs = Math.min(this.#lookEveryMs * 2 ** this.#failures, LONGEST_WAIT_MS);
    this.#failure = { what, look, waitUntil: performance.now() + waitMs };
    this.#failures += 1;
  }

  #endOf(error: CopyError): WatchEnd | undefined {
    const { cause, guestPath } = error;
    const isOver = cause instanceof AgentError && ["connection", "protocol"].includes(cause.trouble);
    if (isOver) return { reason: "connection", error };
    if (cause instanceof TooLargeError) return { reason: "too-large" };
    return this.#volume.isStuck(error) ? { reason: "link-not-replaced", link: guestPath, error } : undefined;
  }

  #tellEnd(end: WatchEnd): void {
    this.#end(end.reason);
    this.#tell({ kind: "ended", ...end });
  }
}
