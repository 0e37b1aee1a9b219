import type { Agent } from "../agent/agent.ts";
import type { AgentError } from "../agent/agent-error.ts";
import { CopyError } from "../copy/copy-error.ts";
import type { CopyItem } from "../copy/copy-item.ts";
import { type Directory, rootOf } from "../copy/directories.ts";
import type { CopyResult } from "../copy/ledger.ts";
import { openSource } from "../copy/mounts.ts";
import type { CopyNote } from "../copy/notes.ts";
import type { CopyOptions, CopyProgress } from "../copy/options.ts";
import { runCopy } from "../copy/run-copy.ts";
import type { TreeTools } from "../copy/tools.ts";
import { LAST, TreeCopier } from "../copy/tree.ts";
import type { Host } from "../linux/host.ts";
import { Bringing, type Settled } from "./bring.ts";
import { isScratch } from "./data-link.ts";
import { GuestVolume } from "./guest-volume.ts";
import { type Look, lookAt } from "./look.ts";
import { isTaken } from "./taken.ts";

/** What came of bringing a volume's guest up to date. */
export interface VolumeUpdate {
  readonly result: CopyResult;
  /** Names that the host has no more, and the guest still has. They lead nowhere, if they were links of kubelet's. */
  readonly stale: readonly string[];
}

/** A volume of kubelet's, and what a guest has of it. */
export class Volume {
  readonly source: string;
  readonly guestPath: string;
  readonly #host: Host;
  readonly #agent: Agent;
  readonly #options: CopyOptions;
  readonly #guest = new GuestVolume();

  constructor(host: Host, { path, guestPath }: CopyItem, agent: Agent, options: CopyOptions) {
    this.source = path;
    this.guestPath = guestPath;
    this.#host = host;
    this.#agent = agent;
    this.#options = options;
  }

  /** How the host's volume looks now. Costs four system calls. */
  look(): Look {
    return lookAt(this.#host, this.source);
  }

  /** Whether what looks so may be another state than the guest's. */
  hasChanged({ text }: Look): boolean {
    const { look } = this.#guest;
    return this.isRefused || !look?.isLasting || look.text !== text;
  }

  /**
   * Makes the guest's volume like the host's. What the guest has already is not sent again, and `..data` moves when all
   * else is there: so nobody in the guest sees two states at once.
   *
   * @throws {CopyError} as a copy does.
   */
  async bring(
    options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: CopyProgress) => void } = {},
  ): Promise<VolumeUpdate> {
    let bringing: Bringing | undefined;
    let settled: Settled | undefined;
    const onProgress = (progress: CopyProgress) => {
      bringing?.links.arrived(progress.path);
      options.onProgress?.(progress);
    };
    const item = { path: this.source, guestPath: this.guestPath };
    const total = this.#options.total === true && options.onProgress !== undefined;
    const all = { ...this.#options, ...options, total, onProgress };
    const run = (tools: TreeTools) =>
      this.#open(tools, item, async (tree, root) => {
        bringing = new Bringing(tools, tree, root, this.#guest);
        settled = await bringing.run();
      });
    try {
      const result = await runCopy(this.#host, item, this.#agent, all, run);
      const { data, names } = settled as Settled;
      return { result: this.#lasting(result, data.name), stale: this.#guest.staleBut(names) };
    } catch (error) {
      if (error instanceof CopyError && bringing?.links.learn(error)) return this.bring(options);
      throw error;
    }
  }

  /** What its next copy would fail with. */
  failure(cause: AgentError): CopyError {
    const result = { entries: 0, bytes: 0, skipped: [], warnings: [] };
    const item = { path: this.source, guestPath: this.guestPath };
    return new CopyError(item, cause, { trouble: "agent", result, unfinished: [] });
  }

  /** Where `..data` is in the guest. */
  get dataPath(): string {
    return `${this.guestPath}/${LAST}`;
  }

  /** Whether the agent's policy refuses that link: the guest stays behind. */
  get isRefused(): boolean {
    return this.#guest.isRefused;
  }

  /** Whether an error says that the agent does not put a link in another one's place: a limit of its generation. */
  isStuck({ guestPath, cause }: CopyError): boolean {
    const name = guestPath.slice(this.guestPath.length + 1);
    const isReplaced = name === LAST ? this.#guest.data !== undefined : this.#guest.has(name);
    return isReplaced && isTaken(cause);
  }

  async #open(
    { host, mounts, ...tools }: TreeTools,
    item: CopyItem,
    use: (tree: TreeCopier, root: Directory) => Promise<void>,
  ): Promise<void> {
    const { fd, file } = openSource(host, mounts, item.path);
    try {
      const tree = new TreeCopier({ host, mounts, ...tools }, fd);
      await use(tree, rootOf(item, file)).finally(() => tree.close());
    } finally {
      host.sys.close(fd);
    }
  }

  // Without what is about directories that kubelet took away while they were copied.
  #lasting(result: CopyResult, name: string): CopyResult {
    const isOld = ({ path }: CopyNote) => {
      const [first = ""] = path.slice(this.source.length + 1).split("/");
      return first !== name && isScratch(first);
    };
    const { skipped, warnings } = result;
    return {
      ...result,
      skipped: skipped.filter((note) => !isOld(note)),
      warnings: warnings.filter((note) => !isOld(note)),
    };
  }
}
