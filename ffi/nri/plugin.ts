import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { SocketAddress } from "../ttrpc/address.ts";
import { dial } from "../ttrpc/dial.ts";
import { DialError } from "../ttrpc/dial-error.ts";
import { closed, noRuntime, unconnected } from "./failures.ts";
import type { ContainerUpdate, ContainerUpdateSchema } from "./generated/adjustment_pb.ts";
import type { NriHandlers } from "./handlers.ts";
import { SocketReads } from "./mux/socket-reads.ts";
import { NriError, type NriFailure } from "./nri-error.ts";
import { type NriChange, type NriPluginOptions, type PluginSettings, settingsOf } from "./plugin-options.ts";
import type { NriRuntime } from "./runtime.ts";
import { type Attempt, type LaterEvents, NriSession } from "./session.ts";

const DIAL_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/**
 * Starts a plugin of NRI: it registers with the runtime, is told which pods and containers there are, and then hears of each event that
 * it has a handler for. When the connection ends, the plugin connects again and is told everything anew.
 *
 * A plugin that the runtime has started uses the runtime's connection, name and index, and ends with that connection.
 *
 * @throws {NriError} if no runtime has synchronized the plugin in time.
 * @throws {TypeError} for wrong options.
 *
 * @example
 * ```ts
 * import { NriError, startPlugin } from "guestshare/nri";
 *
 * try {
 *   const options = { name: "watch", index: "10", socket: "/run/nothing/nri.sock", timeoutMs: 500 };
 *   const plugin = await startPlugin({ runPodSandbox: ({ pod }) => console.log(pod.name) }, options);
 *   await plugin.ended;
 * } catch (error) {
 *   if (!(error instanceof NriError)) throw error;
 *   console.log(error.code); // ENOENT
 * }
 * ```
 */
export async function startPlugin(handlers: NriHandlers, options: NriPluginOptions = {}): Promise<NriPlugin> {
  return await NriPlugin.start(handlers, options);
}

/** A plugin that runs, from `startPlugin`. */
export class NriPlugin implements AsyncDisposable {
  readonly #settings: PluginSettings;
  readonly #closing = new AbortController();
  #session: NriSession | undefined;
  #stopped: NriError | undefined;
  #last: NriError | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #settle: { resolve: () => void; reject: (error: NriError) => void } = { resolve() {}, reject() {} };
  /** Settles once the plugin is synchronized for the first time, or has ended before. */
  readonly started: Promise<void> = new Promise((resolve, reject) => {
    this.#settle = { resolve, reject };
  });
  /** Settles when the plugin has ended: it was closed, or the one connection that it was given has ended. Never rejects. */
  readonly ended: Promise<NriError>;

  /** As `startPlugin`. */
  static async start(handlers: NriHandlers, options: NriPluginOptions): Promise<NriPlugin> {
    const plugin = new NriPlugin(settingsOf(handlers, options));
    await plugin.started;
    return plugin;
  }

  private constructor(settings: PluginSettings) {
    this.#settings = settings;
    const late = { trouble: "deadline", code: "ETIMEDOUT", reason: "no runtime has answered" } as const;
    const timer = setTimeout(() => this.#stop(this.#last ?? late), settings.timeoutMs);
    void this.started.catch(() => {}).then(() => clearTimeout(timer));
    const onAbort = () => this.#stop({ ...closed, cause: settings.signal?.reason });
    settings.signal?.addEventListener("abort", onAbort, { once: true });
    if (settings.signal?.aborted) onAbort();
    this.ended = this.#run().then((error) => {
      settings.signal?.removeEventListener("abort", onAbort);
      this.#settle.reject(error);
      return error;
    });
  }

  /** The runtime; undefined while there is no connection. */
  get runtime(): NriRuntime | undefined {
    return this.#session?.runtime;
  }

  /**
   * Has the runtime change containers; gives those that it did not change. Calls go one after the other. Not from within a handler: the
   * runtime waits for that one's answer first.
   *
   * @throws {NriError} if there is no runtime, or it refuses.
   */
  async updateContainers(
    update: readonly MessageInitShape<typeof ContainerUpdateSchema>[],
  ): Promise<ContainerUpdate[]> {
    const call = this.#turn.then(() => {
      if (this.#session) return this.#session.updateContainers({ update: [...update] });
      throw new NriError("update containers", { ...noRuntime, cause: this.#last });
    });
    // A runtime drops a plugin that sends faster than the runtime reads.
    this.#turn = call.catch(() => {});
    return await call;
  }

  /** Ends the plugin. Closing again is fine. */
  async close(): Promise<void> {
    this.#stop(closed);
    await this.ended;
  }

  /** As `close`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #stop(failure: NriFailure): void {
    this.#stopped ??= failure instanceof NriError ? failure : this.#errorOf(failure);
    this.#closing.abort();
    this.#session?.end(failure);
  }

  #errorOf(failure: NriFailure): NriError {
    return new NriError(`run plugin "${this.#settings.index}-${this.#settings.name}"`, failure);
  }

  async #run(): Promise<NriError> {
    let later: LaterEvents = this.#settings.connection ? "known" : "all";
    let hasStarted = false;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const { error, mayPass, wasSynchronized, mayLackEvents } = await this.#attempt(later);
      if (this.#stopped) return this.#stopped;
      this.#last = error;
      hasStarted ||= wasSynchronized;
      if (wasSynchronized) this.#tell({ state: "lost", error });
      if (this.#settings.connection || !(hasStarted || mayPass)) return error;
      if (wasSynchronized) pauseMs = FIRST_PAUSE_MS;
      const isToAskForLess: boolean = later === "all" && mayLackEvents;
      later = isToAskForLess ? "none" : "all";
      if (!isToAskForLess) await sleep(pauseMs, undefined, this.#closing).catch(() => {});
    }
  }

  async #attempt(later: LaterEvents): Promise<Attempt> {
    const state = { mayPass: true, wasSynchronized: false, mayLackEvents: false };
    let session: NriSession | undefined;
    try {
      const reads = this.#settings.connection ? undefined : new SocketReads();
      session = new NriSession(await this.#socket(reads), this.#settings, later, reads);
      this.#session = session;
      if (this.#stopped) session.end(this.#stopped);
      this.#tell({ state: "synchronized", runtime: await session.register() });
      this.#settle.resolve();
      return { ...state, error: await session.ended, wasSynchronized: true };
    } catch (error) {
      if (error instanceof DialError)
        return { ...state, error: this.#errorOf(unconnected(error)), mayPass: error.mayPass };
      if (!(error instanceof NriError)) throw error;
      return { ...state, error, mayLackEvents: error.trouble === "closed" && session?.isDaring === true };
    } finally {
      this.#session = undefined;
    }
  }

  async #socket(reads: SocketReads | undefined): Promise<Duplex> {
    const { connection, address } = this.#settings;
    if (connection) return connection;
    return await dial(address as SocketAddress, DIAL_MS, this.#closing.signal, reads?.onread);
  }

  // What a listener throws is no failure of the connection.
  #tell(change: NriChange): void {
    queueMicrotask(() => this.#settings.onChange(change));
  }
}
