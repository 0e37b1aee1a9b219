import { ListLiving } from "../living/list-living.ts";
import type { Living } from "../living/living.ts";
import { NriLiving } from "../living/nri-living.ts";
import { Looker } from "../places/looker.ts";
import type { LivingAnswer } from "../places/protocol.ts";
import { AuditCounts } from "./audit-counts.ts";
import { AuditLoop } from "./audit-loop.ts";
import { KnownSandboxes } from "./known-sandboxes.ts";
import { Listeners } from "./listeners.ts";
import { MissingIds } from "./missing-ids.ts";
import type { NodeEvent, NodeNews } from "./node-event.ts";
import { type MonitorOptions, type MonitorSettings, settingsOf } from "./options.ts";
import type { NodeStatus, PlacesStatus } from "./status.ts";

/**
 * Watches a node: which sandboxes there are, which of them live, what is wrong with them, and what dead ones left. The mounts are looked
 * at by a child process, so that no pod waits for that, and in the mount namespace of the runtime. Nothing is changed without `remove`.
 *
 * @example
 * ```ts
 * import { Monitor } from "guestshare/node";
 * import { FilesystemShare } from "guestshare/host";
 *
 * const share = new FilesystemShare({ id: "s1" });
 * await share.prepare();
 * const monitor = await Monitor.start({ living: { list: async () => ["s1"] } });
 * for (const { id, state, mounts } of monitor.status().sandboxes) console.log(id, state, mounts); // s1 living 3
 * await monitor.close();
 * await share.cleanup();
 * ```
 */
export class Monitor implements AsyncDisposable {
  readonly #settings: MonitorSettings;
  readonly #startedAt = new Date().toISOString();
  readonly #living: Living;
  readonly #looker: Looker;
  readonly #known = new KnownSandboxes();
  readonly #audits = new AuditCounts();
  readonly #missing: MissingIds;
  readonly #listeners: Listeners;
  readonly #loop: AuditLoop;
  readonly #closing = new AbortController();
  #found: readonly string[] = [];
  /** Whether the runtime may be another process since the last look. */
  #hasMoved = false;

  /**
   * Starts, and looks at the node once. What has to be there before that, such as a listener, is begun by `begin`.
   *
   * @throws {unknown} what `begin` throws: then nothing was looked at.
   * @throws {MonitorError} if the node cannot be looked at.
   * @throws {TypeError} for wrong options.
   */
  static async start(
    options: MonitorOptions,
    begin?: (monitor: Monitor) => void | Promise<void>,
  ): Promise<Monitor> {
    const settings = settingsOf(options);
    settings.signal?.throwIfAborted();
    const monitor = new Monitor(settings);
    try {
      await begin?.(monitor);
      await monitor.#begin();
      return monitor;
    } catch (error) {
      await monitor.close();
      throw error;
    }
  }

  private constructor(settings: MonitorSettings) {
    this.#settings = settings;
    const { living, signal } = settings;
    this.#missing = new MissingIds(settings.graceMs);
    this.#listeners = new Listeners(settings.log);
    this.#loop = new AuditLoop(() => this.#look(), settings.auditEveryMs);
    const tell = (news: NodeNews) => this.tell(news);
    this.#living = living.nri ? new NriLiving(living.nri, tell) : new ListLiving(living.list);
    this.#looker = new Looker(settings.where, (directory, attached, detached) =>
      this.tell({ kind: "mounts", directory, attached, detached }),
    );
    signal?.addEventListener("abort", () => void this.close(), { once: true });
  }

  /** Where it looks now. */
  places(): PlacesStatus {
    const { process, mounts, isFollowed } = this.#looker;
    const [directories, found] = [this.#settings.directories, this.#found];
    return { directories, found, mounts, ...(mounts === "other" && { process }), isFollowed };
  }

  /** What is known now. */
  status(): NodeStatus {
    const { gate } = this.#settings;
    return {
      startedAt: this.#startedAt,
      places: this.places(),
      living: this.#living.status(),
      audits: this.#audits.status(),
      sandboxes: this.#known.list((id) => this.#living.podOf(id)),
      counts: this.#known.counts(),
      removed: this.#known.removed,
      ...(gate && { gate: gate() }),
      missedEvents: this.#listeners.missed,
    };
  }

  /**
   * What the last look has found, and then what happens. A listener that is too slow misses events, and gets one that says how many.
   */
  events(): AsyncIterable<NodeEvent> {
    return this.#listeners.add(this.#known.now());
  }

  /**
   * Looks at the node now, after the look that is going on.
   *
   * @throws {MonitorError} if it cannot be looked at.
   */
  audit(): Promise<void> {
    return this.#loop.now();
  }

  /** Tells the listeners something, such as what a gate has judged. */
  tell(news: NodeNews): void {
    this.#listeners.tell(news);
    if (news.kind !== "connected") return;
    this.#hasMoved = true;
    this.#loop.due();
  }

  /** Ends the monitor. Closing again is fine. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#looker[Symbol.asyncDispose]();
    await this.#living[Symbol.asyncDispose]();
    await this.#loop.close();
    this.#listeners.close();
  }

  /** As `close`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #begin(): Promise<void> {
    await this.#living.begun();
    this.#hasMoved = false;
    await this.audit();
    this.#loop.begin();
  }

  async #look(): Promise<void> {
    const start = performance.now();
    const { directories, remove, graceMs } = this.#settings;
    try {
      if (this.#hasMoved) await this.#looker.forget();
      this.#hasMoved = false;
      const question = { directories, remove, graceMs, missing: this.#missing.at(start) };
      const { sandboxes, found } = await this.#looker.look(question, (version) => this.#tellLiving(version));
      await this.#living.look(this.#looker.process);
      this.#found = found;
      this.#missing.take(sandboxes, performance.now());
      await this.#listeners.tellAll(this.#known.take(sandboxes));
      this.#audits.whole((performance.now() - start) / 1000);
    } catch (error) {
      if (this.#closing.signal.aborted) throw error;
      this.tell({ kind: "audit-failed", why: this.#audits.failed(error) });
      throw error;
    }
  }

  async #tellLiving(known: number): Promise<LivingAnswer> {
    const ids = await this.#living.ids();
    const { version } = this.#living;
    return version === known ? { version } : { version, ids: ids ?? null };
  }
}
