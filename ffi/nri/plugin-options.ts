import { Socket } from "node:net";
import { env } from "node:process";
import type { Duplex } from "node:stream";
import { parseAddress, type SocketAddress } from "../ttrpc/address.ts";
import { checkOptionNames, type OptionNames } from "../ttrpc/option-names.ts";
import { wrongTimeout } from "../ttrpc/timeout.ts";
import { eventRows, maskOf, type NriEventName, oldEventsOf } from "./events.ts";
import { handlerOf, type NriHandlers } from "./handlers.ts";
import { LeftOut, type NriField } from "./left-out.ts";
import { Lightening, type NriLightening } from "./lightening.ts";
import type { NriError } from "./nri-error.ts";
import type { NriRuntime } from "./runtime.ts";

/** What becomes of a request that this plugin does not answer in time, and of this plugin. Before NRI 0.12.5 it is not looked at. */
export interface NriFailurePolicy {
  /** Refuse the request; else it goes on as if there were no plugin. */
  readonly failRequest?: boolean | undefined;
  /** Keep a plugin that was too slow; else it is disconnected. */
  readonly keepConnected?: boolean | undefined;
}

/** The connection to a runtime has changed. */
export type NriChange =
  | { readonly state: "synchronized"; readonly runtime: NriRuntime }
  | { readonly state: "lost"; readonly error: NriError };

/** How a plugin runs. */
export interface NriPluginOptions {
  /** The plugin's name: letters, digits, "-", "_", "." and "+". A runtime that starts a plugin says it. */
  readonly name?: string | undefined;
  /** Two digits: plugins are asked in this order. A runtime that starts a plugin says it. */
  readonly index?: string | undefined;
  /** The path of the runtime's socket. Default /var/run/nri/nri.sock. */
  readonly socket?: string | undefined;
  /** A connected stream instead of a socket. There is no other one when it ends. */
  readonly connection?: Duplex | undefined;
  /** How long `startPlugin` waits for a runtime that synchronizes the plugin. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Closes the plugin. */
  readonly signal?: AbortSignal | undefined;
  /** What becomes of a request that this plugin does not answer in time. */
  readonly failurePolicy?: NriFailurePolicy | undefined;
  /** Hears of each connection that is synchronized, and of each that is lost. */
  readonly onChange?: ((change: NriChange) => void) | undefined;
  /** How many bytes the pods and containers of a runtime may have. Default 67,108,864. */
  readonly maxStateBytes?: number | undefined;
  /**
   * Fields of pods, of containers and of their adjustments that no handler looks at: they are empty there, and what a runtime sends of them
   * takes no memory. Default: none.
   */
  readonly leaveOut?: readonly NriField[] | undefined;
  /** What is left out besides, of a message that takes much memory. Default: nothing. */
  readonly lighten?: NriLightening | undefined;
}

/** The options and handlers, checked. */
export interface PluginSettings {
  readonly handlers: NriHandlers;
  readonly name: string;
  readonly index: string;
  /** The mask of the events that have handlers. */
  readonly handled: number;
  /** The mask that is asked for: 0 would stand for all events. */
  readonly wanted: number;
  readonly address: SocketAddress | undefined;
  readonly connection: Duplex | undefined;
  readonly timeoutMs: number;
  readonly readyTimeoutMs: number;
  readonly maxStateBytes: number;
  readonly leftOut: LeftOut;
  readonly lightening: Lightening | undefined;
  readonly signal: AbortSignal | undefined;
  readonly failurePolicy: NriFailurePolicy | undefined;
  readonly onChange: (change: NriChange) => void;
}

/** Where runtimes listen for plugins unless they are told otherwise. */
export const nriSocket = "/var/run/nri/nri.sock";
const START_MS = 30_000;
// Another plugin that says nothing keeps a runtime for five seconds, and pods that are being made hold the synchronization up.
const READY_MS = 60_000;
const STATE_BYTES = 64 * 1024 * 1024;
/** A plugin without events asks for this one: it is rare, and nothing depends on its answer. */
const RAREST: NriEventName = "postUpdateContainer";

const names: OptionNames<NriPluginOptions> = {
  ...{ name: true, index: true, socket: true, connection: true, timeoutMs: true, signal: true },
  ...{ failurePolicy: true, onChange: true, maxStateBytes: true, leaveOut: true, lighten: true },
};
const policyNames: OptionNames<NriFailurePolicy> = { failRequest: true, keepConnected: true };
const handlerNames: OptionNames<NriHandlers> = {
  ...(Object.fromEntries(eventRows.map(({ name }) => [name, true])) as Record<NriEventName, true>),
  ...{ synchronize: true, shutdown: true },
};

/**
 * The options with their defaults, and with what a runtime that has started this process says in its environment.
 *
 * @throws {TypeError} for wrong options or handlers.
 */
export function settingsOf(handlers: NriHandlers, options: NriPluginOptions): PluginSettings {
  checkOptionNames(options, names);
  checkOptionNames(handlers, handlerNames);
  for (const [name, handler] of Object.entries(handlers))
    if (handler !== undefined && typeof handler !== "function")
      throw new TypeError(`the handler of ${name} has to be a function`);
  if (options.failurePolicy !== undefined) checkOptionNames(options.failurePolicy, policyNames);
  const handled = maskOf(eventRows.map(({ name }) => name).filter((name) => handlerOf(handlers, name)));
  const { signal, failurePolicy, onChange = () => {} } = options;
  return {
    ...{ handlers, handled, signal, failurePolicy, onChange, ...identityOf(options), ...placeOf(options) },
    wanted: oldEventsOf(handled) === 0 ? handled | maskOf([RAREST]) : handled,
    ...{ timeoutMs: timeOf(options.timeoutMs), readyTimeoutMs: READY_MS },
    maxStateBytes: sizeOf(options.maxStateBytes),
    leftOut: LeftOut.by(options.leaveOut),
    lightening: options.lighten && Lightening.by(options.lighten, options.leaveOut),
  };
}

function identityOf(options: NriPluginOptions): { name: string; index: string } {
  const { name = env.NRI_PLUGIN_NAME, index = env.NRI_PLUGIN_IDX } = options;
  if (typeof name !== "string" || !/^[\w.+-]{1,255}$/.test(name))
    throw new TypeError(`name has to be letters, digits, "-", "_", "." or "+", not ${JSON.stringify(name)}`);
  if (typeof index !== "string" || !/^[0-9]{2}$/.test(index))
    throw new TypeError(`index has to be two digits, as in "10", not ${JSON.stringify(index)}`);
  return { name, index };
}

function placeOf({ socket, connection }: NriPluginOptions): Pick<PluginSettings, "address" | "connection"> {
  if (socket !== undefined && connection !== undefined)
    throw new TypeError("socket and connection cannot both be given");
  const inherited = env.NRI_PLUGIN_SOCKET;
  if (connection !== undefined) return { connection, address: undefined };
  if (socket !== undefined || inherited === undefined)
    return { connection: undefined, address: parseAddress(`unix://${socket ?? nriSocket}`) as SocketAddress };
  if (!/^[0-9]{1,6}$/.test(inherited))
    throw new TypeError(`NRI_PLUGIN_SOCKET has to be a descriptor, not ${JSON.stringify(inherited)}`);
  return { connection: new Socket({ fd: Number(inherited) }), address: undefined };
}

function timeOf(timeoutMs: number = START_MS): number {
  const wrong = wrongTimeout(timeoutMs);
  if (wrong !== "") throw new TypeError(wrong);
  return timeoutMs;
}

function sizeOf(maxStateBytes: number = STATE_BYTES): number {
  if (maxStateBytes >= 1) return maxStateBytes;
  throw new TypeError(`maxStateBytes has to be a number of bytes, not ${maxStateBytes}`);
}
