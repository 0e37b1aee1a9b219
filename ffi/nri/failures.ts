import type { DialError } from "../ttrpc/dial-error.ts";
import type { TtrpcRefusal } from "../ttrpc/refusal.ts";
import type { TtrpcError } from "../ttrpc/ttrpc-error.ts";
import type { NriFailure } from "./nri-error.ts";

/** The runtime closed the connection. */
export const closedThere: NriFailure = {
  ...{ trouble: "closed", code: "UNAVAILABLE" },
  reason: "the runtime closed the connection; its log says why if it did not end",
};
/** What came on the connection of calls is no ttrpc. */
export const brokenCalls: NriFailure = {
  ...{ trouble: "protocol", code: "INTERNAL" },
  reason: "the runtime sent what is no call",
};
/** Synchronize came before Configure. */
export const unconfigured: NriFailure = {
  ...{ trouble: "protocol", code: "INTERNAL" },
  reason: "the runtime synchronized a plugin that it had not configured",
};

/** The first calls of a runtime were wrong. */
export function breach(cause: TtrpcRefusal): NriFailure {
  const trouble = cause.code === "RESOURCE_EXHAUSTED" ? "limit" : "protocol";
  return { trouble, code: cause.code, reason: cause.reason, cause };
}

/** The runtime refused a call, or did not answer. */
export function refused(error: TtrpcError): NriFailure {
  return { trouble: troubleOf(error.trouble), code: error.code, reason: error.reason, cause: error };
}

/** The trouble of a call as that of a plugin. */
export function troubleOf(trouble: TtrpcError["trouble"]): NriFailure["trouble"] {
  switch (trouble) {
    case "status":
    case "request":
      return "refused";
    case "connection":
      return "closed";
    default:
      return trouble;
  }
}

/** The plugin was closed. */
export const closed: NriFailure = { trouble: "aborted", code: "ECANCELED", reason: "the plugin was closed" };
/** There is no connection at the moment. */
export const noRuntime: NriFailure = {
  trouble: "closed",
  code: "UNAVAILABLE",
  reason: "no runtime is connected",
};

/** An attempt to connect failed. */
export function unconnected(error: DialError): NriFailure {
  return { trouble: "connect", code: error.code, reason: error.message, cause: error };
}
