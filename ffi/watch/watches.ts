import { normalize } from "node:path/posix";
import type { Agent } from "../agent/agent.ts";
import type { AgentError } from "../agent/agent-error.ts";
import type { WatchEvent } from "./event.ts";
import type { Volume } from "./volume.ts";
import { VolumeWatch } from "./watch.ts";

const LOOK_EVERY_MS = 1000;

/** A container's volumes that are going to be watched. */
export interface Beginning {
  add(volume: Volume): void;
  /** Watches them, but those that were stopped before they began. */
  start(): Promise<void>;
  end(): void;
}

interface Watch {
  readonly containerId: string;
  readonly source: string;
  readonly watch: VolumeWatch;
}

interface Beginner {
  readonly containerId: string;
  /** Sources that are not to be watched any more; undefined is every one. */
  readonly stopped: (string | undefined)[];
}

/** All that is watched for a sandbox, by its containers. */
export class Watches {
  readonly #tell: (event: WatchEvent) => void;
  /** By where the volumes are in the guest. */
  readonly #watches = new Map<string, Watch>();
  readonly #beginners = new Set<Beginner>();

  #disconnected: AgentError | undefined;

  /** Of volumes that go to this agent. */
  constructor(agent: Agent, tell: (event: WatchEvent) => void) {
    this.#tell = tell;
    void agent.ended?.then((error) => {
      this.#disconnected = error;
      for (const { watch } of this.#watches.values()) void watch.disconnect(error);
    });
  }

  /** Volumes of a container are copied now, and are to be watched afterwards. */
  begin(containerId: string): Beginning {
    const beginner: Beginner = { containerId, stopped: [] };
    const volumes: Volume[] = [];
    this.#beginners.add(beginner);
    const isStopped = ({ source }: Volume) =>
      beginner.stopped.some((stopped) => stopped === undefined || isSame(stopped, source));
    return {
      add: (volume) => volumes.push(volume),
      start: async () => {
        for (const volume of volumes) {
          // Of another share of the same to the same place, which ended a moment before.
          while (this.#watches.has(volume.guestPath)) await this.stopAt(volume.guestPath);
          if (!isStopped(volume)) this.#start(containerId, volume);
        }
      },
      end: () => this.#beginners.delete(beginner),
    };
  }

  /** Watches a container's volumes no more, or the one with a source; all containers' where none is given. */
  async stop(containerId?: string, source?: string): Promise<void> {
    const isMeant = (one: { readonly containerId: string }) =>
      containerId === undefined || one.containerId === containerId;
    for (const beginner of this.#beginners) if (isMeant(beginner)) beginner.stopped.push(source);
    const ends = [...this.#watches].filter(
      ([, watch]) => isMeant(watch) && (source === undefined || isSame(source, watch.source)),
    );
    await this.#stop(ends.map(([guestPath]) => guestPath));
  }

  /** Watches no more what is at a place in the guest. */
  stopAt(guestPath: string): Promise<void> {
    return this.#stop([guestPath]);
  }

  async #stop(guestPaths: readonly string[]): Promise<void> {
    const watches = guestPaths.map((guestPath) => this.#watches.get(guestPath)?.watch);
    for (const guestPath of guestPaths) this.#watches.delete(guestPath);
    await Promise.all(watches.map((watch) => watch?.stop()));
  }

  #start(containerId: string, volume: Volume): void {
    const { source, guestPath } = volume;
    const watch = new VolumeWatch(
      volume,
      (news) => {
        if (news.kind === "ended" && this.#watches.get(guestPath)?.watch === watch)
          this.#watches.delete(guestPath);
        this.#tell({ containerId, source, guestPath, ...news });
      },
      LOOK_EVERY_MS,
    );
    this.#watches.set(guestPath, { containerId, source, watch });
    if (this.#disconnected) void watch.disconnect(this.#disconnected);
  }
}

// What ".." leads to cannot be told from a text, as the core has it for copies.
function isSame(source: string, other: string): boolean {
  const isOdd = [source, other].some((path) => path.split("/").includes(".."));
  return isOdd ? source === other : normalize(source) === normalize(other);
}
