import { AgentError } from "../agent/agent-error.ts";
import { CopyError } from "../copy/copy-error.ts";
import type { WatchEnd, WatchNews } from "./event.ts";
import { Nudge } from "./nudge.ts";
import { TooLargeError } from "./size-limit.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Volume, VolumeUpdate } from "./volume.ts";

const POLL_EVERY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Keeps a guest's volume like the host's until it is stopped. The kernel's events are only a reason to compare the two, and they
 * are compared from time to time without any event: however many changes there are, the guest gets the final state.
 */
export class VolumeWatch {
  readonly #volume: Volume;
  readonly #report: (news: WatchNews) => void;
  readonly #pollEveryMs: number;
  readonly #nudge: Nudge;
  readonly #timer: NodeJS.Timeout;
  readonly #stop = new AbortController();
  #updating: Promise<void> | undefined;
  /** Whether the volume may have changed since the update that runs began. */
  #isDirty = false;
  #stale = "[]";
  #failure: { readonly what: string; readonly snapshot: string; readonly retryAt: number } | undefined;
  #failures = 0;

  /** Begins to watch a volume that was copied once. */
  constructor(volume: Volume, report: (news: WatchNews) => void, pollEveryMs: number = POLL_EVERY_MS) {
    this.#volume = volume;
    this.#report = report;
    this.#pollEveryMs = pollEveryMs;
    this.#nudge = new Nudge(volume.source, () => this.#compare());
    this.#timer = setInterval(() => this.#compare(), pollEveryMs);
    this.#timer.unref();
    this.#compare();
  }

  /** Ends the watch. Open requests are awaited for a second at most. */
  async stop(): Promise<void> {
    this.#end(new Error("the watch was stopped"));
    await this.#updating;
  }

  /** Ends the watch, because the agent's connection is over. */
  async disconnect(cause: AgentError): Promise<void> {
    await this.#updating; // it may report the end itself
    if (!this.#stop.signal.aborted)
      this.#reportEnd({ reason: "connection", error: this.#volume.failure(cause) });
  }

  #end(reason: unknown): void {
    clearInterval(this.#timer);
    this.#nudge.close();
    this.#stop.abort(reason);
  }

  #compare(): void {
    this.#isDirty = this.#updating !== undefined;
    if (this.#updating || this.#stop.signal.aborted) return;
    const snapshot = this.#volume.snapshot();
    this.#nudge.follow(snapshot.directory);
    const { snapshot: failed, retryAt = 0 } = this.#failure ?? {};
    if (snapshot.text === failed && performance.now() < retryAt) return;
    if (!this.#volume.mayDiffer(snapshot)) return;
    this.#updating = this.#update(snapshot).finally(() => {
      this.#updating = undefined;
      if (this.#isDirty) this.#compare();
    });
  }

  async #update(snapshot: Snapshot): Promise<void> {
    try {
      const update = await this.#volume.update({ signal: this.#stop.signal });
      this.#failure = undefined;
      this.#failures = 0;
      if (this.#volume.isRefused) this.#reportEnd({ reason: "link-refused", link: this.#volume.dataPath });
      else this.#reportUpdate(update);
    } catch (error) {
      if (!(error instanceof CopyError)) throw error;
      if (!this.#stop.signal.aborted) this.#fail(error, snapshot);
    }
  }

  #reportUpdate(update: VolumeUpdate): void {
    const stale = JSON.stringify(update.stale);
    if (update.result.entries === 0 && stale === this.#stale) return;
    this.#stale = stale;
    this.#report({ kind: "updated", ...update });
  }

  #fail(error: CopyError, { text: snapshot }: Snapshot): void {
    const end = this.#endOf(error);
    if (end) {
      this.#reportEnd(end);
      return;
    }
    const what = `${error.code} ${error.guestPath}`;
    if (what !== this.#failure?.what) this.#report({ kind: "failed", error });
    const retryMs = Math.min(this.#pollEveryMs * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failure = { what, snapshot, retryAt: performance.now() + retryMs };
    this.#failures += 1;
  }

  #endOf(error: CopyError): WatchEnd | undefined {
    const { cause, guestPath } = error;
    const isOver = cause instanceof AgentError && ["connection", "protocol"].includes(cause.trouble);
    if (isOver) return { reason: "connection", error };
    if (cause instanceof TooLargeError) return { reason: "too-large" };
    return this.#volume.isStuck(error) ? { reason: "link-not-replaced", link: guestPath, error } : undefined;
  }

  #reportEnd(end: WatchEnd): void {
    this.#end(end.reason);
    this.#report({ kind: "ended", ...end });
  }
}
