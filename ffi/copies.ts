import { basename } from "node:path";
import type { CopiedSource, CopyStep, Plan } from "../mod.ts";
import type { Agent } from "./agent/agent.ts";
import { CopyError } from "./copy/copy-error.ts";
import { copyTree } from "./copy/copy-tree.ts";
import type { CopyResult } from "./copy/ledger.ts";
import type { CopyOptions } from "./copy/options.ts";
import { runCopy } from "./copy/run-copy.ts";
import { CopyTogether } from "./copy/together.ts";
import { mustAnswer } from "./linux/answered.ts";
import type { Host } from "./linux/host.ts";
import { isTurnedOver } from "./watch/data-link.ts";
import type { WatchEvent } from "./watch/event.ts";
import { TooLargeError } from "./watch/extent.ts";
import { Volume } from "./watch/volume.ts";
import { Watches } from "./watch/watches.ts";

/** Is called after each step that was copied. */
export type OnCopied = (step: CopyStep, result: CopyResult) => void;

/** How a sandbox's copies are made. */
export interface CopiesOptions {
  readonly copy?: CopyOptions | undefined;
  readonly onCopied: OnCopied;
  readonly watch?: boolean | undefined;
  readonly onWatch: (event: WatchEvent) => void;
  readonly sourceTimeoutMs: number;
}

/** For whom something is copied. */
export interface CopyFor {
  readonly containerId: string;
  readonly signal: AbortSignal | undefined;
}

/** The steps of a plan that copy. */
export function copyStepsOf({ steps }: Plan): CopyStep[] {
  return steps.filter((step) => step.op === "copy");
}

/** What a sandbox's guest gets by copies: it shares no filesystem. No lock is held, for nothing of it is on this host. */
export class Copies {
  readonly #agent: Agent;
  readonly #options: CopiesOptions;
  readonly #watches: Watches | undefined;
  /** Copies that the sandbox's containers have together, by where they are in the guest. */
  readonly #together = new Map<string, CopyTogether>();

  constructor(agent: Agent, options: CopiesOptions) {
    this.#agent = agent;
    this.#options = options;
    this.#watches = options.watch === false ? undefined : new Watches(agent, options.onWatch);
  }

  /** What containers have together, or are going to, for the core to plan with. */
  get copied(): CopiedSource[] {
    return Array.from(this.#together.values(), ({ path, guestPath }) => ({
      name: basename(guestPath),
      source: path,
    }));
  }

  /**
   * Copies what the steps say into the guest, one after the other, and has kubelet's volumes watched from then on.
   *
   * @throws {CopyError} of the first one that fails. What arrived before stays: the agent has no call to remove it.
   */
  async obey(host: Host, steps: readonly CopyStep[], { containerId, signal }: CopyFor): Promise<void> {
    // At once: a plan that is made from now on leads to the same place.
    const together = steps.map((step) => (step.together ? this.#claim(host, step) : undefined));
    const watching = this.#watches?.begin(containerId);
    try {
      for (const [i, step] of steps.entries()) {
        const volume = await (together[i]?.wait(signal) ??
          this.#copyFor(host, step, { containerId, signal }));
        if (volume) watching?.add(volume);
      }
      await watching?.start();
    } finally {
      watching?.end();
    }
  }

  /** Watches a container's volumes no more, or the one with a source; all containers' where none is given. */
  async stopWatching(containerId?: string, source?: string): Promise<void> {
    await this.#watches?.stop(containerId, source);
  }

  /** Watches no more what is at a place in the guest. */
  async stopWatchingAt(guestPath: string): Promise<void> {
    await this.#watches?.stopAt(guestPath);
  }

  /** The sandbox is over: nothing is watched, and its guest has nothing any more. */
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
        // Another try goes elsewhere: agents before 4.0 may mix it with what is there of this one.
        if (this.#together.get(guestPath) === begun) this.#together.delete(guestPath);
        throw error;
      }),
    );
    this.#together.set(guestPath, begun);
    return begun;
  }

  // Gives what is to be watched from now on.
  async #copyFor(host: Host, step: CopyStep, { containerId, signal }: CopyFor): Promise<Volume | undefined> {
    const { copy = {}, onCopied, onWatch } = this.#options;
    const { source, guestPath } = step;
    await this.#watches?.stopAt(guestPath);
    await this.#mustAnswer(host, step, signal);
    if (!isTurnedOver(host, source)) {
      await this.#copyTree(host, step, signal);
      return undefined;
    }
    const { onProgress, ...options } = copy;
    const volume = new Volume(host, { path: source, guestPath }, this.#agent, options);
    try {
      const { result } = await volume.bring({ ...(onProgress && { onProgress }), ...(signal && { signal }) });
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
  async #mustAnswer(
    host: Host,
    { source, guestPath }: CopyStep,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const limits = { timeoutMs: this.#options.sourceTimeoutMs, signal };
    const item = { path: source, guestPath };
    await runCopy(host, item, this.#agent, signal ? { signal } : {}, () => mustAnswer(host, source, limits));
  }
}
