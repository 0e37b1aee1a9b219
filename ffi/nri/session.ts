import type { Duplex } from "node:stream";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { TtrpcClient } from "../ttrpc/client.ts";
import { TtrpcServer } from "../ttrpc/server.ts";
import { TtrpcError } from "../ttrpc/ttrpc-error.ts";
import { oldEventsOf } from "./events.ts";
import { breach, brokenCalls, closedThere, refused, troubleOf, unconfigured } from "./failures.ts";
import type { ContainerUpdate } from "./generated/adjustment_pb.ts";
import {
  type ConfigureRequest,
  Plugin,
  Runtime,
  type UpdateContainersRequestSchema,
} from "./generated/nri_pb.ts";
import { NriMux } from "./mux/mux.ts";
import type { SocketReads } from "./mux/socket-reads.ts";
import { NriError, type NriFailure } from "./nri-error.ts";
import type { PluginSettings } from "./plugin-options.ts";
import { PluginService } from "./plugin-service.ts";
import { hasLaterEvents, type NriRuntime, runtimeOf } from "./runtime.ts";
import type { ReceivedState } from "./state.ts";

const PLUGIN_CONNECTION = 1;
const RUNTIME_CONNECTION = 2;
// A runtime sends one call after the other. One that does not is not read from above these.
// A refusal at the deadline would be the plugin's: it has to be the runtime that finds a plugin too slow, and goes on without it.
const limits = { maxCalls: 256, maxRequestBytes: 8 * 1024 * 1024, refusesLate: false, copiesPieces: true };

/** Which of the later events a plugin asks for: all, none, or those that the runtime surely has. */
export type LaterEvents = "all" | "none" | "known";

/** How an attempt to talk to a runtime ended. */
export interface Attempt {
  readonly error: NriError;
  readonly mayPass: boolean;
  readonly wasSynchronized: boolean;
  /** Whether the runtime may have dropped the plugin for events that it does not have: its log alone says so. */
  readonly mayLackEvents: boolean;
}

/** One connection to a runtime, from the registration on. */
export class NriSession {
  readonly #settings: PluginSettings;
  readonly #later: LaterEvents;
  readonly #mux: NriMux;
  readonly #server = new TtrpcServer(limits);
  readonly #client: TtrpcClient;
  #runtime: NriRuntime | undefined;
  #isDaring = false;
  #error: NriError | undefined;
  #resolveEnded: (error: NriError) => void = () => {};
  #resolveReady: () => void = () => {};
  /** Settles with the reason when the connection ends. Never rejects. */
  readonly ended: Promise<NriError> = new Promise((resolve) => {
    this.#resolveEnded = resolve;
  });
  readonly #ready: Promise<void> = new Promise((resolve) => {
    this.#resolveReady = resolve;
  });

  /** On a connected socket, which `reads` was opened with, if it was. */
  constructor(socket: Duplex, settings: PluginSettings, later: LaterEvents, reads?: SocketReads) {
    this.#settings = settings;
    this.#later = later;
    this.#mux = new NriMux(socket, reads);
    void this.#mux.ended.then((error) => this.end(error ?? closedThere));
    const service = new PluginService({
      handlers: settings.handlers,
      mostStateBytes: settings.maxStateBytes,
      leftOut: settings.leftOut,
      lightening: settings.lightening,
      configure: (request) => this.#configure(request),
      synchronize: (state) => this.#synchronize(state),
      broken: (refusal) => this.end(breach(refusal)),
    });
    this.#server.registerBytes(Plugin.typeName, service.answer);
    const calls = this.#mux.open(PLUGIN_CONNECTION, true);
    // At the end of the socket the reason of that comes first.
    calls.once("close", () => setImmediate(() => this.end(brokenCalls)));
    this.#server.serve(calls);
    this.#client = new TtrpcClient(this.#mux.open(RUNTIME_CONNECTION), {
      timeoutMs: settings.readyTimeoutMs,
    });
    void this.#client.ended.then((failure) => this.end({ ...failure, trouble: troubleOf(failure.trouble) }));
  }

  /** The runtime; undefined before it has configured the plugin. */
  get runtime(): NriRuntime | undefined {
    return this.#runtime;
  }

  /** Whether the plugin has asked for events that the runtime may not have. */
  get isDaring(): boolean {
    return this.#isDaring;
  }

  /**
   * Registers the plugin, and waits until it is synchronized.
   *
   * @throws {NriError} if that does not come about in time, or the connection ends.
   */
  async register(): Promise<NriRuntime> {
    const { name, index, readyTimeoutMs } = this.#settings;
    const late = { trouble: "deadline", code: "DEADLINE_EXCEEDED" } as const;
    const reason = `the runtime has not synchronized the plugin within ${readyTimeoutMs} ms`;
    const timer = setTimeout(() => this.end({ ...late, reason }), readyTimeoutMs);
    const registration = { pluginName: name, pluginIdx: index };
    try {
      // The answer may come after Configure, or not at all if the runtime drops the plugin.
      const registered = this.#client.invoke(Runtime.method.registerPlugin, registration);
      registered.catch((error: TtrpcError) => this.end(refused(error)));
      const error = await Promise.race([this.#ready, this.ended]);
      if (error) throw error;
      return this.#runtime as NriRuntime;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Has the runtime change containers; gives those that it did not change.
   *
   * @throws {NriError} if the runtime refuses, or the connection ends.
   */
  async updateContainers(
    request: MessageInitShape<typeof UpdateContainersRequestSchema>,
    signal?: AbortSignal,
  ): Promise<ContainerUpdate[]> {
    try {
      const { failed } = await this.#client.invoke(Runtime.method.updateContainers, request, { signal });
      return failed;
    } catch (error) {
      if (!(error instanceof TtrpcError)) throw error;
      throw new NriError("update containers", refused(error));
    }
  }

  /** Ends the connection, for a reason. Ending again is fine. */
  end(failure: NriFailure): void {
    if (this.#error) return;
    this.#error = new NriError(`run plugin "${this.#settings.index}-${this.#settings.name}"`, failure);
    this.#resolveEnded(this.#error);
    this.#mux.close();
    void this.#server.close();
    void this.#client.close();
  }

  #configure(request: ConfigureRequest): { events: number; failurePolicy?: object } {
    const { wanted, failurePolicy } = this.#settings;
    const isSure = hasLaterEvents(request);
    const asksAll = this.#later === "all" || (this.#later === "known" && isSure);
    const mask = asksAll ? wanted : oldEventsOf(wanted);
    this.#isDaring = !isSure && mask !== oldEventsOf(mask);
    this.#runtime = runtimeOf(request, this.#settings.handled, mask);
    return { events: mask, ...(failurePolicy && { failurePolicy }) };
  }

  async #synchronize(state: ReceivedState): Promise<void> {
    if (!this.#runtime) return this.end(unconfigured);
    try {
      await this.#settings.handlers.synchronize?.(state);
      this.#resolveReady();
    } catch (cause) {
      const reason = `synchronize has thrown: ${cause instanceof Error ? cause.message : cause}`;
      this.end({ trouble: "handler", code: "INTERNAL", reason, cause });
    }
  }
}
