import { normalize } from "node:path/posix";
import type { Agent } from "../agent/agent.ts";
import type { AgentError } from "../agent/agent-error.ts";
import type { WatchEvent } from "./event.ts";
import type { Volume } from "./volume.ts";
import { VolumeWatch } from "./volume-watch.ts";

/** Volumes of a container that are copied now, and are to be watched afterwards. */
export class PendingWatches {
  readonly containerId: string;
  readonly volumes: Volume[] = [];
  /** Sources that were unshared meanwhile; undefined stands for all of them. */
  readonly #unshared: (string | undefined)[] = [];

  constructor(containerId: string) {
    this.containerId = containerId;
  }

  /** The volumes with a source are not to be watched any more, or all volumes if none is given. */
  stop(source: string | undefined): void {
    this.#unshared.push(source);
  }

  isStopped(volume: Volume): boolean {
    return this.#unshared.some((source) => source === undefined || isSame(source, volume.source));
  }
}

interface WatchedVolume {
  readonly containerId: string;
  readonly source: string;
  readonly watch: VolumeWatch;
}

/** All watches of a sandbox, by container and source. */
export class Watches {
  readonly #report: (event: WatchEvent) => void;
  /** By the volumes' paths in the guest. */
  readonly #watched = new Map<string, WatchedVolume>();
  readonly #pending = new Set<PendingWatches>();
  #disconnected: AgentError | undefined;

  /** Of volumes that go to this agent. */
  constructor(agent: Agent, report: (event: WatchEvent) => void) {
    this.#report = report;
    void agent.ended?.then((error) => {
      this.#disconnected = error;
      for (const { watch } of this.#watched.values()) void watch.disconnect(error);
    });
  }

  /** Begins a list of a container's volumes. Until `forget` gets it, `stop` is obeyed for them too. */
  begin(containerId: string): PendingWatches {
    const pending = new PendingWatches(containerId);
    this.#pending.add(pending);
    return pending;
  }

  /** Watches the volumes of a list, except those that were stopped meanwhile. */
  async start(pending: PendingWatches): Promise<void> {
    for (const volume of pending.volumes) {
      // Another share to the same place may have ended a moment before.
      while (this.#watched.has(volume.guestPath)) await this.stopAt(volume.guestPath);
      if (!pending.isStopped(volume)) this.#watch(pending.containerId, volume);
    }
  }

  forget(pending: PendingWatches): void {
    this.#pending.delete(pending);
  }

  /** Stops the watches of a container, or of its volumes with a source; of all containers if none is given. */
  async stop(containerId?: string, source?: string): Promise<void> {
    const isOf = (one: { readonly containerId: string }) =>
      containerId === undefined || one.containerId === containerId;
    for (const pending of this.#pending) if (isOf(pending)) pending.stop(source);
    const ending = [...this.#watched].filter(
      ([, watched]) => isOf(watched) && (source === undefined || isSame(source, watched.source)),
    );
    await this.#stop(ending.map(([guestPath]) => guestPath));
  }

  /** Stops the watch of the volume at a path in the guest. */
  stopAt(guestPath: string): Promise<void> {
    return this.#stop([guestPath]);
  }

  async #stop(guestPaths: readonly string[]): Promise<void> {
    const ending = guestPaths.map((guestPath) => this.#watched.get(guestPath)?.watch);
    for (const guestPath of guestPaths) this.#watched.delete(guestPath);
    await Promise.all(ending.map((watch) => watch?.stop()));
  }

  #watch(containerId: string, volume: Volume): void {
    const { source, guestPath } = volume;
    const watch = new VolumeWatch(volume, (news) => {
      if (news.kind === "ended" && this.#watched.get(guestPath)?.watch === watch)
        this.#watched.delete(guestPath);
      this.#report({ containerId, source, guestPath, ...news });
    });
    this.#watched.set(guestPath, { containerId, source, watch });
    if (this.#disconnected) void watch.disconnect(this.#disconnected);
  }
}

// What ".." leads to cannot be told from a text: the core compares the sources of copies in the same way.
function isSame(source: string, other: string): boolean {
  const isOdd = [source, other].some((path) => path.split("/").includes(".."));
  return isOdd ? source === other : normalize(source) === normalize(other);
}
