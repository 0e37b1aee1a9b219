import { oneLine } from "../ttrpc/one-line.ts";
import { eventsOf, type NriEventName } from "./events.ts";
import type { ConfigureRequest } from "./generated/nri_pb.ts";

/** The runtime at the other end, as it says. */
export interface NriRuntime {
  /** Its name, such as "containerd". */
  readonly name: string;
  /** Its version, a free text. */
  readonly version: string;
  /** The version of its NRI; undefined before 0.12. */
  readonly nriVersion: string | undefined;
  /** What its administrator wrote for a plugin that it starts; empty for others. */
  readonly configuration: string;
  /** How long a plugin has for an answer. */
  readonly requestTimeoutMs: number;
  /** The events that this plugin gets. */
  readonly events: readonly NriEventName[];
  /** The events that this plugin has a handler for, and that this runtime does not have. */
  readonly missing: readonly NriEventName[];
}

const REQUEST_MS = 2000;

/** The runtime by what it says; `wanted` are the events that the plugin has handlers for, `mask` those that it asks for. */
export function runtimeOf(request: ConfigureRequest, wanted: number, mask: number): NriRuntime {
  return Object.freeze({
    name: oneLine(request.runtimeName),
    version: oneLine(request.runtimeVersion),
    nriVersion: request.NRIVersion === "" ? undefined : oneLine(request.NRIVersion),
    configuration: request.config,
    requestTimeoutMs: Number(request.requestTimeout) || REQUEST_MS,
    events: eventsOf(wanted & mask),
    missing: eventsOf(wanted & ~mask),
  });
}

/**
 * Whether a runtime surely has the later events. One that does not would drop a plugin that asks for them, and before 0.12 none
 * says which NRI it has.
 */
export function hasLaterEvents({ NRIVersion, runtimeName, runtimeVersion }: ConfigureRequest): boolean {
  if (NRIVersion !== "") return true;
  const [, major = "0", minor = "0"] = /^v?(\d{1,4})\.(\d{1,4})\./.exec(runtimeVersion) ?? [];
  return runtimeName === "containerd" && (Number(major) > 2 || (major === "2" && Number(minor) >= 2));
}
