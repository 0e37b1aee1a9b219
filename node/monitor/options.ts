import { isAbsolute } from "node:path";
import type { Logger } from "../../ffi/mod.ts";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import type { ListLivingIds } from "../living/list-living.ts";
import type { NriLivingOptions } from "../living/nri-living.ts";
import { knownDirectories } from "../places/known-directories.ts";
import type { Where } from "../places/protocol.ts";
import type { GateCounts } from "./status.ts";

/** How a monitor knows who lives. */
export type LivingOptions =
  /** From the runtime, by NRI: it says which pods there are, and tells of each that comes or goes. */
  | { readonly nri: NriLivingOptions; readonly list?: undefined }
  /** From whoever gives the ids of all sandboxes that live. A list that fails is none: nobody is dead by it. */
  | { readonly list: ListLivingIds; readonly nri?: undefined };

/** How a node is watched. */
export interface MonitorOptions {
  /** How the monitor knows who lives. */
  readonly living: LivingOptions;
  /** The directories of sandboxes. Default: those of Kata's runtimes and of this library. */
  readonly directories?: readonly string[] | undefined;
  /**
   * The process whose mount namespace is looked into. Default: the one that listens on the socket of NRI, where that can be seen; else the
   * monitor's own namespace.
   */
  readonly runtimePid?: number | undefined;
  /** How often everything is looked at, in milliseconds. Default 30,000. */
  readonly auditEveryMs?: number | undefined;
  /**
   * How long a sandbox may not have changed, and lists of the living have to be without it, before it is dead by them, in milliseconds.
   * Default 600,000.
   */
  readonly graceMs?: number | undefined;
  /** Whether what dead sandboxes left is removed. Default false: it is told, and nothing is touched. */
  readonly remove?: boolean | undefined;
  /** What a gate has judged so far, for the status. */
  readonly gate?: (() => GateCounts) | undefined;
  /** Takes a line for each event. */
  readonly log?: Logger | undefined;
  /** Closes the monitor. */
  readonly signal?: AbortSignal | undefined;
}

const names: OptionNames<MonitorOptions> = {
  ...{ living: true, directories: true, runtimePid: true, auditEveryMs: true, graceMs: true, remove: true },
  ...{ gate: true, log: true, signal: true },
};
const livingNames = { nri: true, list: true } as const;
const SOCKET = "/var/run/nri/nri.sock";
const AUDIT_MS = 30_000;
const GRACE_MS = 600_000;
const LONGEST_MS = 2 ** 31 - 1;

/** The options with their defaults. */
export interface MonitorSettings extends MonitorOptions {
  readonly directories: readonly string[];
  readonly auditEveryMs: number;
  readonly graceMs: number;
  readonly remove: boolean;
  readonly where: Where;
}

/** @throws {TypeError} for an unknown option, or a wrong value. */
export function settingsOf(options: MonitorOptions): MonitorSettings {
  checkOptionNames(options, names);
  const { living, directories = knownDirectories, runtimePid, remove = false } = options;
  checkOptionNames(living, livingNames);
  if ((living.nri === undefined) === (living.list === undefined))
    throw new TypeError("living has to have either nri or list");
  if (living.list !== undefined && typeof living.list !== "function")
    throw new TypeError("living.list has to be a function that gives ids");
  for (const directory of directories) mustBeDirectory(directory);
  if (runtimePid !== undefined && !(Number.isInteger(runtimePid) && runtimePid > 0))
    throw new TypeError(`runtimePid has to be the number of a process, not ${JSON.stringify(runtimePid)}`);
  if (typeof remove !== "boolean")
    throw new TypeError(`remove has to be true or false, not ${JSON.stringify(remove)}`);
  const auditEveryMs = timeOf("auditEveryMs", options.auditEveryMs ?? AUDIT_MS, 1);
  const graceMs = timeOf("graceMs", options.graceMs ?? GRACE_MS, 0);
  return { ...options, directories, auditEveryMs, graceMs, remove, where: whereOf(options) };
}

function mustBeDirectory(directory: unknown): void {
  if (typeof directory === "string" && isAbsolute(directory) && !/^\/+$/.test(directory)) return;
  const found = JSON.stringify(directory);
  throw new TypeError(`directories have to be absolute paths of directories of sandboxes, not ${found}`);
}

function timeOf(name: string, time: unknown, least: number): number {
  if (typeof time === "number" && time >= least && time <= LONGEST_MS) return time;
  throw new TypeError(
    `${name} has to be a number of milliseconds from ${least} on, not ${JSON.stringify(time)}`,
  );
}

// Who listens for plugins is the runtime, whose mount namespace has the sandboxes.
function whereOf({ living, runtimePid }: MonitorOptions): Where {
  if (runtimePid !== undefined) return { process: runtimePid };
  return living.nri ? { socket: living.nri.socket ?? SOCKET } : {};
}
