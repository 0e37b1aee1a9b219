import { basename } from "node:path";
import type { CopiedSource, CopyStep } from "../mod.ts";
import type { Agent } from "./agent/agent.ts";
import { CopyError, failedBefore } from "./copy/copy-error.ts";
import { copyTree } from "./copy/copy-tree.ts";
import type { CopyResult } from "./copy/ledger.ts";
import type { CopyOptions } from "./copy/options.ts";
import { CopyTogether } from "./copy/together.ts";
import type { Host } from "./linux/host.ts";
import { mustAnswer } from "./linux/must-answer.ts";
import { isTurnedOver } from "./watch/data-link.ts";
import type { WatchEvent } from "./watch/event.ts";
import { TooLargeError } from "./watch/size-limit.ts";
import { Volume } from "./watch/volume.ts";
import { Watches } from "./watch/watches.ts";

/** Is called after each step that was copied. */
export type OnCopied = (step: CopyStep, result: CopyResult) => void;

/** How a sandbox's copies are made. */
export interface SandboxCopiesOptions {
  readonly copy?: CopyOptions | undefined;
  readonly onCopied: OnCopied;
  readonly watch?: boolean | undefined;
  readonly onWatch: (event: WatchEvent) => void;
  readonly sourceTimeoutMs: number;
}

/** The container that copies are made for. */
export interface CopyFor {
  readonly containerId: string;
  readonly signal: AbortSignal | undefined;
}

/** The copies in a sandbox's guest, if it shares no filesystem. They hold no lock, for nothing of them is on this host. */
export class SandboxCopies {
  readonly #agent: Agent;
  readonly #options: SandboxCopiesOptions;
  readonly #watches: Watches | undefined;
  /** Copies that several containers have together, by their paths in the guest. */
  readonly #together = new Map<string, CopyTogether>();

  constructor(agent: Agent, options: SandboxCopiesOptions) {
    this.#agent = agent;
    this.#options = options;
    this.#watches = options.watch === false ? undefined : new Watches(agent, options.onWatch);
  }

  /** Copies that containers have together, finished or not, for the core to plan with. */
  get copied(): CopiedSource[] {
    return Array.from(this.#together.values(), ({ path, guestPath }) => ({
      name: basename(guestPath),
      source: path,
    }));
  }

  /**
   * Obeys copy steps, one after the other, and has kubelet's volumes watched from then on.
   *
   * @throws {CopyError} of the first step that fails. Entries that arrived before stay: the agent has no call to remove them.
   */
  async obey(host: Host, steps: readonly CopyStep[], copyFor: CopyFor): Promise<void> {
    // At once: a plan that is made from now on leads to the same place.
    const together = steps.map((step) => (step.together ? this.#claim(host, step) : undefined));
    const watches = this.#watches?.begin(copyFor.containerId);
    try {
      for (const [i, step] of steps.entries()) {
        const volume = await (together[i]?.wait(copyFor.signal) ?? this.#copy(host, step, copyFor));
        if (volume) watches?.volumes.push(volume);
      }
      if (watches) await this.#watches?.start(watches);
    } finally {
      if (watches) this.#watches?.forget(watches);
    }
  }

  /** Stops watching a container's volumes, or those with a source; all containers' if none is given. */
  async stopWatching(containerId?: string, source?: string): Promise<void> {
    await this.#watches?.stop(containerId, source);
  }

  /** Stops watching the volume at a path in the guest. */
  async stopWatchingAt(guestPath: string): Promise<void> {
    await this.#watches?.stopAt(guestPath);
  }

  /** The sandbox is over: nothing is watched any more, and its guest has no copies. */
  async end(): Promise<void> {
    this.#together.clear();
    await this.#watches?.stop();
  }

  #claim(host: Host, step: CopyStep): CopyTogether {
    const { guestPath, source } = step;
    const known = this.#together.get(guestPath);
    if (known) return known;
    const begun = new CopyTogether({ path: source, guestPath }, (signal) =>
      this.#copyOnce(host, step, signal).catch((error) => {
        // Another try goes elsewhere: agents before 3.18 may mix it with what is there of this one.
        if (this.#together.get(guestPath) === begun) this.#together.delete(guestPath);
        throw error;
      }),
    );
    this.#together.set(guestPath, begun);
    return begun;
  }

  // Gives the volume to watch from now on, if the source is one.
  async #copy(host: Host, step: CopyStep, { containerId, signal }: CopyFor): Promise<Volume | undefined> {
    const { copy = {}, onCopied, onWatch } = this.#options;
    const { source, guestPath } = step;
    await this.#watches?.stopAt(guestPath);
    await this.#mustAnswer(host, step, signal);
    if (!isTurnedOver(host, source)) {
      await this.#copyTree(host, step, signal);
      return undefined;
    }
    const { onProgress, ...options } = copy;
    const volume = new Volume(host, { source, guestPath }, this.#agent, options);
    try {
      const { result } = await volume.update({
        ...(onProgress && { onProgress }),
        ...(signal && { signal }),
      });
      onCopied(step, result);
      return volume;
    } catch (error) {
      if (!(error instanceof CopyError && error.cause instanceof TooLargeError)) throw error;
      await this.#copyTree(host, step, signal);
      if (this.#watches) onWatch({ containerId, source, guestPath, kind: "ended", reason: "too-large" });
      return undefined;
    }
  }

  // What containers have together is not watched, whatever is in it.
  async #copyOnce(host: Host, step: CopyStep, signal: AbortSignal | undefined): Promise<void> {
    await this.#mustAnswer(host, step, signal);
    await this.#copyTree(host, step, signal);
  }

  async #copyTree(host: Host, step: CopyStep, signal: AbortSignal | undefined): Promise<void> {
    const { copy, onCopied } = this.#options;
    const { source, guestPath } = step;
    const options = signal ? { ...copy, signal } : copy;
    onCopied(step, await copyTree(host, source, guestPath, this.#agent, options));
  }

  // A server that hangs is waited for in a child.
  async #mustAnswer(host: Host, step: CopyStep, signal: AbortSignal | undefined): Promise<void> {
    const { source: path, guestPath } = step;
    try {
      signal?.throwIfAborted();
      await mustAnswer(host, path, { timeoutMs: this.#options.sourceTimeoutMs, signal });
    } catch (error) {
      const item = { path, guestPath };
      throw signal?.aborted
        ? failedBefore(item, signal.reason, "aborted")
        : failedBefore(item, error, "host");
    }
  }
}
