import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import {
  type NriChange,
  NriError,
  type NriField,
  type NriHandlers,
  type NriLightening,
  type NriPlugin,
  type NriPluginOptions,
  type NriRuntime,
  type NriState,
  nriFields,
  nriSocket,
  startPlugin,
} from "../../ffi/nri/mod.ts";
import { DurationCounter } from "../monitor/duration-counter.ts";
import type { LivingStatus, NodePod, PodState, RuntimeStatus } from "../monitor/status.ts";
import type { Living, Tell } from "./living.ts";
import { Pods } from "./pods.ts";
import { processesOf } from "./process-times.ts";
import { timed } from "./timed.ts";

/** A plugin of NRI, as a monitor has one. */
export interface NriLivingOptions
  extends Pick<NriPluginOptions, "name" | "index" | "socket" | "failurePolicy"> {
  /** What these handlers do not look at, such as a gate's `leaveOut`. Default: nothing where there are handlers. */
  readonly leaveOut?: readonly NriField[] | undefined;
  /** What these handlers do not need of a message that takes much memory, such as a gate's `lighten`. Default: all. */
  readonly lighten?: NriLightening | undefined;
  /** More handlers, such as a gate's. Those of pods are the monitor's own. */
  readonly handlers?:
    | Omit<NriHandlers, "synchronize" | "shutdown" | "runPodSandbox" | "stopPodSandbox" | "removePodSandbox">
    | undefined;
}

// What a monitor itself looks at.
const neededFields: readonly NriField[] = ["name", "namespace", "pid"];
const isUnneeded = (name: NriField) => !neededFields.includes(name);
type PodHandlerName = "runPodSandbox" | "stopPodSandbox" | "removePodSandbox";

// A runtime gives a plugin two seconds. What takes longer than some milliseconds delays every pod.
const bounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
// Decoding is done in pieces: other sockets are answered meanwhile.
const PODS_IN_ONE_GO = 64;
const PAUSE_MS = 1000;
const START_MS = 30_000;
// A runtime that is there connects a plugin at once. One that is not is waited for while the node is looked at.
const FIRST_CONNECTION_MS = 5000;

/** Who lives by NRI: the runtime is the authority. While it is not connected, nobody knows. */
export class NriLiving implements Living {
  readonly #options: NriLivingOptions;
  readonly #tell: Tell;
  readonly #closing = new AbortController();
  readonly #requests = new DurationCounter(bounds);
  readonly #run: Promise<void>;
  #plugin: NriPlugin | undefined;
  #pods = new Pods();
  #why: string | undefined;
  #connections = 0;
  #losses = 0;
  #settle: { resolve: () => void; reject: (error: unknown) => void } = { resolve() {}, reject() {} };
  version = 0;
  // Settles at the first connection, or the first failure; rejects for wrong options.
  readonly #tried: Promise<void> = new Promise((resolve, reject) => {
    this.#settle = { resolve, reject };
  });

  /** Connects, and again whenever the connection is lost, until it is disposed of. */
  constructor(options: NriLivingOptions, tell: Tell) {
    this.#options = options;
    this.#tell = tell;
    this.#why = `no runtime has answered on ${JSON.stringify(options.socket ?? nriSocket)} yet`;
    this.#run = this.#stayConnected().catch((error) => this.#settle.reject(error));
  }

  status(): LivingStatus {
    const runtime = this.#plugin?.runtime;
    const why = this.#why ?? (this.#pods.isWhole ? undefined : "the runtime has a pod that no list can have");
    return {
      ...{ by: "nri", isKnown: why === undefined, ...(why !== undefined && { why }) },
      pods: this.#pods.counts(),
      ...(runtime && { runtime: runtimeNamed(runtime) }),
      ...{ connections: this.#connections, losses: this.#losses, requests: this.#requests.toJSON() },
    };
  }

  async begun(): Promise<void> {
    await Promise.race([this.#tried, sleep(FIRST_CONNECTION_MS, undefined, { ref: false })]);
  }

  async ids(): Promise<readonly string[] | undefined> {
    return this.#why === undefined && this.#pods.isWhole ? this.#pods.ids : undefined;
  }

  podOf(id: string): NodePod | undefined {
    return this.#pods.podOf(id);
  }

  async look(process: number | undefined): Promise<void> {
    const startedAt = this.#why === undefined ? processesOf(process) : undefined;
    if (!startedAt) return;
    let looked = 0;
    for (const id of this.#pods.look(startedAt)) {
      if (id !== undefined) this.#tell({ kind: "pod", id, state: "process-gone" });
      if (++looked % PODS_IN_ONE_GO === 0) await turn();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#run;
  }

  async #stayConnected(): Promise<void> {
    const { signal } = this.#closing;
    const { handlers, leaveOut = handlers ? [] : nriFields, lighten, ...options } = this.#options;
    while (!signal.aborted) {
      try {
        this.#plugin = await startPlugin(timed({ ...handlers, ...this.#podHandlers() }, this.#requests), {
          ...{ name: "guestshare", index: "90", ...options },
          leaveOut: leaveOut.filter(isUnneeded),
          lighten: lighten && { ...lighten, leaveOut: lighten.leaveOut.filter(isUnneeded) },
          ...{ timeoutMs: START_MS, signal, onChange: (change) => this.#change(change) },
        });
        await this.#plugin.ended;
      } catch (error) {
        if (!(error instanceof NriError)) throw error;
        this.#why = error.message;
        this.#settle.resolve();
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  #podHandlers(): Required<Pick<NriHandlers, PodHandlerName | "synchronize">> {
    return {
      synchronize: (state) => this.#synchronize(state),
      runPodSandbox: ({ pod }) => this.#note(pod, this.#pods.put(pod)),
      stopPodSandbox: ({ pod }) => this.#note(pod, this.#pods.stop(pod)),
      removePodSandbox: ({ pod }) => this.#note(pod, this.#pods.remove(pod.id) ? "removed" : undefined),
    };
  }

  async #synchronize({ pods }: NriState): Promise<void> {
    const fresh = new Pods();
    let read = 0;
    for (const pod of pods) {
      fresh.put(pod);
      if (++read % PODS_IN_ONE_GO === 0) await turn();
    }
    this.#pods = fresh;
    this.version += 1;
  }

  #note({ id }: { readonly id: string }, state: PodState | "removed" | undefined): void {
    this.version += 1;
    if (state !== undefined) this.#tell({ kind: "pod", id, state });
  }

  // What is between a state and this is of the same connection: events wait for the state.
  #change(change: NriChange): void {
    this.version += 1;
    if (change.state === "synchronized") {
      this.#why = undefined;
      this.#connections += 1;
      this.#settle.resolve();
      const { name, version } = change.runtime;
      this.#tell({ kind: "connected", runtime: `${name} ${version}`, pods: this.#pods.size });
    } else if (!this.#closing.signal.aborted) {
      this.#why = change.error.message;
      this.#losses += 1;
      this.#tell({ kind: "lost", why: this.#why });
    }
  }
}

function runtimeNamed({ name, version, nriVersion, missing }: NriRuntime): RuntimeStatus {
  return { name, version, ...(nriVersion !== undefined && { nriVersion }), missing };
}
