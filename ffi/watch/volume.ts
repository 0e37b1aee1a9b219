import type { Agent } from "../agent/agent.ts";
import type { AgentError } from "../agent/agent-error.ts";
import { CopyError, failedBefore } from "../copy/copy-error.ts";
import { type CopyOptions, type CopyResult, copySelectively, DATA_LINK } from "../copy/selective-copy.ts";
import type { Host } from "../linux/host.ts";
import { isKubelets } from "./data-link.ts";
import { GuestVolume } from "./guest-volume.ts";
import { type CopiedState, Reconciler } from "./reconciler.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";

/** What came of an update of a guest's volume. */
export interface VolumeUpdate {
  /** What the update copied. */
  readonly result: CopyResult;
  /** Names that the host has no more, and the guest still has. They lead nowhere, if they were links of kubelet's. */
  readonly stale: readonly string[];
}

/** Where a volume is on the host and in the guest. */
export interface VolumePaths {
  readonly source: string;
  readonly guestPath: string;
}

/** A volume of kubelet's, and what a guest has of it. */
export class Volume {
  readonly source: string;
  readonly guestPath: string;
  readonly #host: Host;
  readonly #agent: Agent;
  readonly #options: CopyOptions;
  readonly #guest: GuestVolume;

  constructor(host: Host, { source, guestPath }: VolumePaths, agent: Agent, options: CopyOptions) {
    this.source = source;
    this.guestPath = guestPath;
    this.#host = host;
    this.#agent = agent;
    this.#options = options;
    this.#guest = new GuestVolume(guestPath);
  }

  /** A snapshot of the host's volume. Takes four system calls. */
  snapshot(): Snapshot {
    return takeSnapshot(this.#host, this.source);
  }

  /** Whether the guest may have another version than the one of this snapshot. */
  mayDiffer(snapshot: Snapshot): boolean {
    return this.#guest.mayDiffer(snapshot);
  }

  /**
   * Makes the guest's volume like the host's. Entries that the guest has already are not sent again, and `..data` moves at the
   * end: nobody in the guest sees two versions at once.
   *
   * @throws {CopyError} as a copy does.
   */
  async update(options: Pick<CopyOptions, "signal" | "onProgress"> = {}): Promise<VolumeUpdate> {
    const { source: path, guestPath } = this;
    const total = this.#options.total === true && options.onProgress !== undefined;
    const all = { ...this.#options, ...options, total };
    let state: CopiedState | undefined;
    try {
      const result = await copySelectively(
        this.#host,
        { path, guestPath },
        this.#agent,
        all,
        async (copy) => {
          state = await new Reconciler(copy, this.#guest).run();
        },
      );
      const { data, names } = state as unknown as CopiedState;
      return { result: this.#withoutOld(result, data.name), stale: this.#guest.staleBut(names) };
    } catch (error) {
      if (error instanceof CopyError && this.#guest.learn(error)) return this.update(options);
      throw error;
    }
  }

  /** The error that the next update would fail with. */
  failure(cause: AgentError): CopyError {
    return failedBefore({ path: this.source, guestPath: this.guestPath }, cause, "agent");
  }

  /** Where `..data` is in the guest. */
  get dataPath(): string {
    return `${this.guestPath}/${DATA_LINK}`;
  }

  /** Whether the agent's policy refuses the link `..data`: the guest keeps an older version. */
  get isRefused(): boolean {
    return this.#guest.isRefused;
  }

  /** Whether an error says that the agent cannot replace a link: a limit of the agent's generation. */
  isStuck(error: CopyError): boolean {
    return this.#guest.isStuck(error);
  }

  // Leaves out notes about directories of other versions, which kubelet removed while they were copied.
  #withoutOld(result: CopyResult, data: string): CopyResult {
    const isPresent = ({ path }: { readonly path: string }) => {
      const [first = ""] = path.slice(this.source.length + 1).split("/");
      return first === data || !isKubelets(first);
    };
    const { skipped, warnings } = result;
    return { ...result, skipped: skipped.filter(isPresent), warnings: warnings.filter(isPresent) };
  }
}
